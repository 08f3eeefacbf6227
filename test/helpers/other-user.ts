/** A user that is neither root nor whoever runs the tests, for files of others. */
export const OTHER_USER = 54_321;

export const isRoot = process.geteuid?.() === 0;
/** For tests that give files away. */
export const ROOT_ONLY = isRoot ? false : "only root can give files to another user";
