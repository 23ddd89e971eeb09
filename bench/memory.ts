import type { Finding } from './measure.ts';
import type { MemoryWatch } from './usage.ts';

const MAX_ABOVE_IDLE_MB = 150;
const MAX_GROWTH = 1.1;

/** What a process took beyond what it rests at, and whether it went on growing. */
export async function memoryFindings(subject: string, idle: number, watch: MemoryWatch): Promise<Finding[]> {
  const { peakMb, lastQuarterToFirst } = await watch.stop();
  const above = peakMb - idle;
  return [
    {
      subject: `memory, ${subject}`,
      ours: `peak ${peakMb.toFixed(0)} MB`,
      against: `idle ${idle.toFixed(0)} MB`,
      ratio: `+${above.toFixed(0)} MB`,
      goal: `≤ +${MAX_ABOVE_IDLE_MB} MB`,
      met: above <= MAX_ABOVE_IDLE_MB,
    },
    {
      subject: `memory, ${subject}`,
      ours: 'maximum of the last quarter',
      against: 'of the first quarter',
      ratio: `${lastQuarterToFirst.toFixed(2)} ×`,
      goal: `≤ ${MAX_GROWTH} ×`,
      met: lastQuarterToFirst <= MAX_GROWTH,
    },
  ];
}
