/** Account numbers that a process takes from the range at once. What is left when it ends is lost. */
export const NUMBER_BLOCK = 20;

/** Rows of one import call. */
export const MAX_IMPORT_ROWS = 500;

/** Rows of one import call that are worked on at the same time. */
export const IMPORT_CONCURRENCY = 32;

/** Levels that a hierarchy of accounts or staff may have; what lies above is not looked at. */
export const MAX_HIERARCHY_LEVELS = 50;

/** The legal entity whose calendar dates what is no single entity's: accounts, deals, staff. */
export const HOME_ENTITY = 'main';
