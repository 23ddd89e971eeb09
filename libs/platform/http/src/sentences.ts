import { z } from 'zod';

/** Types as people call them. */
const TYPES: { readonly [type: string]: string } = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
  null: 'null',
};
const FORMATS: { readonly [format: string]: string } = {
  email: 'must be an e-mail address',
  uuid: 'must be a UUID',
  url: 'must be an address such as https://example.com',
};
/** What a size counts, by what has it; a number counts itself. */
const COUNTED: { readonly [origin: string]: string } = { string: ' characters', array: ' entries', set: ' entries' };

/**
 * What is said where a schema does not say it better: every reason is a sentence of ours that goes behind the name of the
 * field, and none is the validator's own.
 */
function reasonOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case 'invalid_type':
      return issue.input === undefined ? 'is missing' : `must be ${TYPES[issue.expected] ?? issue.expected}`;
    case 'invalid_value':
      return `must be ${issue.values.length === 1 ? '' : 'one of '}${issue.values.map(String).join(', ')}`;
    case 'too_big':
      return issue.origin in COUNTED
        ? `must have at most ${issue.maximum}${COUNTED[issue.origin]}`
        : `must be at most ${issue.maximum}`;
    case 'too_small':
      if (issue.origin in COUNTED)
        return issue.minimum === 1
          ? 'must not be empty'
          : `must have at least ${issue.minimum}${COUNTED[issue.origin]}`;
      return `must be at least ${issue.minimum}`;
    case 'not_multiple_of':
      return `must be a multiple of ${issue.divisor}`;
    case 'invalid_format':
      return FORMATS[issue.format] ?? `must have the form ${issue.pattern ?? issue.format}`;
    case 'unrecognized_keys':
      return 'has fields that are not known';
    case 'invalid_union':
      return 'has none of the forms that are allowed here';
    case 'invalid_key':
      return 'has a name that is not allowed';
    case 'invalid_element':
      return 'has an entry that is not allowed';
    case 'custom':
      return 'is not allowed';
  }
}

z.config({ localeError: reasonOf });
