export interface Report {
  readonly seed: number;
  readonly minutes: number;
  readonly faults: { readonly [kind: string]: number };
  readonly accepted: number;
  /** Refusals of the domain, by code. */
  readonly refused: { readonly [code: string]: number };
  /** Answers that said 503 (or worse, which is a finding), by code. */
  readonly unavailable: { readonly [code: string]: number };
  /** Requests without any answer: repeated under their key. */
  readonly unanswered: number;
  /** Longest time in which no command at all was accepted. */
  readonly longestWithoutProgressS: number;
  /** From the last outcome until everything was judged. */
  readonly quietAfterS: number;
  /** How often the supervisor started each process again. */
  readonly restarts: { readonly [name: string]: number };
  /** What came of the rebuilds meanwhile, by deed; refusals by code. */
  readonly rebuilds: { readonly [deed: string]: number };
  readonly findings: readonly string[];
}

export function sentences(report: Report): readonly string[] {
  const list = (counts: { readonly [name: string]: number }) =>
    Object.entries(counts)
      .map(([name, count]) => `${name} ${count}`)
      .join(', ') || 'none';
  return [
    `seed ${report.seed}, ${report.minutes} minutes`,
    `faults: ${list(report.faults)}`,
    `commands: ${report.accepted} accepted; refused: ${list(report.refused)}`,
    `answers that nothing could be done just now: ${list(report.unavailable)}; without an answer: ${report.unanswered}`,
    `longest time in which nothing was accepted: ${report.longestWithoutProgressS} s`,
    `judged ${report.quietAfterS} s after the last outcome; restarts: ${list(report.restarts)}`,
    `rebuilds meanwhile: ${list(report.rebuilds)}`,
    report.findings.length === 0 ? 'found: nothing' : `found: ${report.findings.length}`,
    ...report.findings.map((finding) => `- ${finding}`),
  ];
}
