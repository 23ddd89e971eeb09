/** The service whose events these contracts are; the first word of every stored type and the name of its history feed. */
export const service = 'accounts';
