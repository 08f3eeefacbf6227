export const ACTIONS_PATH = "/actions";
/** Takes a configuration file: the one form that is sent as multipart/form-data. */
export const UPLOAD_PATH = "/actions/autop";
export const EXPORT_PATH = "/actions/autop/export";
