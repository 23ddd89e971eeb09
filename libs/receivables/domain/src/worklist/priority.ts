/** What a collector has before them of one ledger. */
export interface WorklistFacts {
  /** Overdue principal that nobody disputes, in major units of the currency, whole. */
  readonly overdueMajor: number;
  /** Of the oldest item that is overdue. */
  readonly daysOverdue: number;
  readonly brokenPromises: number;
  /** Highest dunning level of what is open. */
  readonly level: number;
}

/** A part counts in proportion up to `fullAt`, and there with all its points. */
export interface Weight {
  readonly points: number;
  readonly fullAt: number;
}

export type WorklistWeights = { readonly [Part in 'amount' | 'age' | 'promises' | 'level']: Weight };

/** A hundred points: what is large and old comes first, broken promises and high levels lift it further. */
export const WORKLIST_WEIGHTS: WorklistWeights = {
  amount: { points: 40, fullAt: 10_000 },
  age: { points: 30, fullAt: 90 },
  promises: { points: 20, fullAt: 2 },
  level: { points: 10, fullAt: 3 },
};

const PARTS = ['amount', 'age', 'promises', 'level'] as const;
const WEIGHT = /^(amount|age|promises|level)=(\d{1,3})@([1-9]\d{0,8})$/;

/** `amount=40@10000,age=30@90,promises=20@2,level=10@3`: points, and from which measure on all of them; undefined: not that. */
export function weightsOf(text: string): WorklistWeights | undefined {
  const weights = new Map<string, Weight>();
  for (const entry of text.split(',')) {
    const [, part = '', points, fullAt] = WEIGHT.exec(entry.trim()) ?? [];
    if (part === '' || weights.has(part)) return undefined;
    weights.set(part, { points: Number(points), fullAt: Number(fullAt) });
  }
  if (weights.size !== PARTS.length) return undefined;
  return Object.fromEntries(weights) as unknown as WorklistWeights;
}

export interface Priority {
  readonly points: number;
  /** The points add up from these: a place in the list explains itself. */
  readonly parts: { readonly [Part in keyof WorklistWeights]: number };
}

/** by amount, age, broken promises and level; whole points, rounded down, so that the parts sum to the whole. */
export function worklistPriority(facts: WorklistFacts, weights: WorklistWeights = WORKLIST_WEIGHTS): Priority {
  const parts = {
    amount: pointsOf(facts.overdueMajor, weights.amount),
    age: pointsOf(facts.daysOverdue, weights.age),
    promises: pointsOf(facts.brokenPromises, weights.promises),
    level: pointsOf(facts.level, weights.level),
  };
  return { points: parts.amount + parts.age + parts.promises + parts.level, parts };
}

function pointsOf(value: number, { points, fullAt }: Weight): number {
  const counted = Math.min(Math.max(value, 0), fullAt);
  return Math.floor((counted * points) / fullAt);
}

export type NextStep = 'wait-for-promise' | 'settle-dispute' | 'allocate-credit' | 'call';

export interface StepFacts {
  readonly overdueMinor: number;
  /** Of the overdue principal: what is disputed. */
  readonly disputedMinor: number;
  /** Credit on account that could settle it. */
  readonly unallocatedMinor: number;
  /** An open promise covers what is overdue and undisputed, and its day has not passed. */
  readonly promised: boolean;
}

/** What to do first: nobody is called about money that is here, promised, or disputed as a whole. */
export function nextStep(facts: StepFacts): NextStep {
  const undisputed = facts.overdueMinor - facts.disputedMinor;
  if (undisputed <= 0) return 'settle-dispute';
  if (facts.unallocatedMinor >= undisputed) return 'allocate-credit';
  return facts.promised ? 'wait-for-promise' : 'call';
}
