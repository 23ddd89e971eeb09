import { CliFault } from '../cli/cli-fault.ts';

/** Why nothing of a file, or of a whole import, can be read. A row that cannot be read is not one: it is rejected. */
export class ImportFault extends CliFault {}
