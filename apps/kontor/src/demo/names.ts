// What the demo firm is made of. Invented: no such firms or people are meant.

export const FIRM_NAMES = [
  'Ackermann',
  'Bergland',
  'Castell',
  'Dornbusch',
  'Eklund',
  'Falkenried',
  'Garnier',
  'Hollenstedt',
  'Isarblick',
  'Jansson',
  'Kielmann',
  'Lindqvist',
  'Morav',
  'Nordhaus',
  'Oberwalder',
  'Petrovic',
  'Quist',
  'Rosenau',
  'Steinbrück',
  'Tollense',
] as const;

export const FIRM_TRADES = [
  ['Logistik', 'transport'],
  ['Maschinenbau', 'manufacturing'],
  ['Medizintechnik', 'medical'],
  ['Bau', 'construction'],
  ['Lebensmittel', 'food'],
  ['Energie', 'energy'],
  ['Druck', 'printing'],
  ['Labor', 'research'],
] as const;

export const LEGAL_FORMS = ['GmbH', 'AG', 'KG', 'GmbH & Co. KG'] as const;

export const COUNTRIES = ['DE', 'DE', 'DE', 'DE', 'AT', 'CH', 'NL'] as const;

export const PEOPLE = [
  'Anke Brandt',
  'Boris Lehmann',
  'Clara Vogt',
  'David Engel',
  'Ewa Nowak',
  'Felix Roth',
  'Greta Hansen',
  'Henrik Olsen',
  'Ines Kramer',
  'Jonas Weiss',
  'Katja Sommer',
  'Lukas Berger',
  'Mira Petkov',
  'Nils Haller',
  'Olga Reiter',
  'Paul Winter',
] as const;

/** Name, list price in major units, warranty months; goods with a warranty have serial numbers. */
export const PRODUCTS = [
  ['Pump P100', 1_450, 24],
  ['Pump P200', 2_890, 24],
  ['Compressor K5', 7_200, 36],
  ['Control unit S7', 3_350, 12],
  ['Filter set', 180, null],
  ['Hose kit', 95, null],
  ['Sensor T1', 240, null],
  ['Maintenance visit', 420, null],
] as const;

export const LOST_REASONS = [
  ['price', 'Hydra Systems'],
  ['delivery time', 'Voltana'],
  ['budget withdrawn', null],
  ['no decision', null],
] as const;

export const COMPLAINTS = [
  'It leaks at the flange.',
  'It does not start in the morning.',
  'It shows error E14 and stops.',
  'It is much louder than before.',
  'The pressure falls after an hour.',
] as const;
