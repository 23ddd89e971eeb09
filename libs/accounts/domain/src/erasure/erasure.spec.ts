import { describe, it } from '@jest/globals';
import { given } from '@kontor/testing/pure';
import { erasureDecider } from './erasure.decider.ts';

const subject = '5b0f3f5e-8f0e-5c53-9a55-0f2c8f6f1c11';
const erased = { type: 'PersonalDataErased', data: { subject } } as const;

describe('an erasure', () => {
  it('X-08: is recorded once, however often it is asked for', () => {
    given(erasureDecider, []).when({ type: 'RecordErasure', subject }).then(erased);
    given(erasureDecider, [erased]).when({ type: 'RecordErasure', subject }).then();
  });
});
