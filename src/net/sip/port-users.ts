/**
 * Counts who uses a port. The answer of each call says that one does no more; `free` hears of a port that nobody uses any longer.
 */
export function createPortUsers(free: (port: number) => void): (port: number) => () => void {
  const users = new Map<number, number>();
  return (port) => {
    users.set(port, (users.get(port) ?? 0) + 1);
    let isUsed = true;
    return () => {
      if (!isUsed) return;
      isUsed = false;
      const others = (users.get(port) ?? 1) - 1;
      if (others > 0) users.set(port, others);
      else {
        users.delete(port);
        free(port);
      }
    };
  };
}
