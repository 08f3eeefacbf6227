/**
 * Counts the users of a port. Each call returns the function that releases it; `free` is called for a port without
 * users.
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
