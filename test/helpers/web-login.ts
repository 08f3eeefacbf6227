/** Who may log in to the pages of a phone under test. */
export const LOGIN = { username: "admin", password: "open-sesame" } as const;
