import { IDS } from '../lines/lines.scenarios.ts';
import type { AssignNumber, NumberAssigned } from './number-range.ts';

export const assignNumber: AssignNumber = {
  type: 'AssignNumber',
  entityId: 'main',
  kind: 'order',
  year: '2026',
  documentId: IDS.order,
};

export const numberAssigned: NumberAssigned = {
  type: 'NumberAssigned',
  data: {
    entityId: 'main',
    kind: 'order',
    year: '2026',
    ordinal: 1,
    number: 'O-2026-000001',
    documentId: IDS.order,
  },
};
