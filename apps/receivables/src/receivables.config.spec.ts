import { describe, expect, it } from '@jest/globals';
import { exposureOfParts, mailConfig } from './receivables.config.ts';

describe('how letters leave, by the environment', () => {
  it('R-11: without a mail server nothing is needed', () => {
    expect(mailConfig({})).toEqual({ smtpUrl: null, from: null, mistakes: [] });
    expect(mailConfig({ KONTOR_SMTP_URL: ' ', KONTOR_MAIL_FROM: '' }).mistakes).toEqual([]);
  });

  it.each([
    ['smtp://user:secret@mail.example:587', 'letters@firm.example'],
    ['smtps://mail.example', 'Firm & Sons <letters@firm.example>'],
    ['smtp://127.0.0.1:25', '"Firm, Ltd." <letters@firm.example>'],
  ])('R-11: takes %s and %s', (smtpUrl, from) => {
    expect(mailConfig({ KONTOR_SMTP_URL: smtpUrl, KONTOR_MAIL_FROM: from })).toEqual({ smtpUrl, from, mistakes: [] });
  });

  it.each([
    [
      { KONTOR_SMTP_URL: 'mail.example:secret' },
      [
        'KONTOR_SMTP_URL names no mail server; it is an address such as smtp://user:password@host:587.',
        'KONTOR_SMTP_URL is set and KONTOR_MAIL_FROM is not; mail needs a sender such as letters@firm.example.',
      ],
    ],
    [
      { KONTOR_SMTP_URL: 'https://mail.example', KONTOR_MAIL_FROM: 'letters@firm.example' },
      ['KONTOR_SMTP_URL names no mail server; it is an address such as smtp://user:password@host:587.'],
    ],
    [
      { KONTOR_SMTP_URL: 'smtp://mail.example' },
      ['KONTOR_SMTP_URL is set and KONTOR_MAIL_FROM is not; mail needs a sender such as letters@firm.example.'],
    ],
    [
      { KONTOR_MAIL_FROM: 'the firm' },
      ['KONTOR_MAIL_FROM is "the firm"; it is a sender such as Firm <letters@firm.example>.'],
    ],
  ])('R-11: one sentence per mistake: %j', (environment, mistakes) => {
    expect(mailConfig(environment).mistakes).toEqual(mistakes);
  });
});

describe('what makes the exposure, by the environment', () => {
  it('R-03: all parts where nothing is said, else those that are named', () => {
    const all = {
      principal: true,
      charges: true,
      reservations: true,
      unbilledDeliveries: true,
      unallocatedCredit: true,
    };
    expect(exposureOfParts(null)).toEqual(all);
    expect(exposureOfParts('principal,charges,reservations,unbilled-deliveries,unallocated-credit')).toEqual(all);
    expect(exposureOfParts('principal, reservations')).toEqual({
      ...all,
      charges: false,
      unbilledDeliveries: false,
      unallocatedCredit: false,
    });
  });
});
