import { accountsAnswers, accountsSchemas } from './answers/accounts.ts';
import { administrationAlsoAnswered, administrationAnswers, administrationSchemas } from './answers/administration.ts';
import { dunningAnswers, dunningSchemas } from './answers/dunning.ts';
import { account360Answers, account360Schemas } from './answers/insights-account-360.ts';
import { collectionAnswers, collectionSchemas } from './answers/insights-collection.ts';
import { pipelineAnswers, pipelineSchemas } from './answers/insights-pipeline.ts';
import { ordersAnswers, ordersSchemas } from './answers/orders.ts';
import { platformAnswers, platformSchemas } from './answers/platform.ts';
import { receivablesAnswers, receivablesSchemas } from './answers/receivables.ts';
import {
  type AnswersByRoute,
  object,
  one,
  reference,
  type Schema,
  type Schemas,
  text,
  uuid,
} from './answers/schema.ts';
import { warrantyAnswers, warrantySchemas } from './answers/warranty.ts';

/** What routes answer, for the description of the API: the shapes that others program against. */

export type AnswerContent = Readonly<Record<string, { readonly schema: Schema }>>;

export const answerSchemas: Schemas = {
  ...platformSchemas,
  ...administrationSchemas,
  ...accountsSchemas,
  ...ordersSchemas,
  ...receivablesSchemas,
  ...dunningSchemas,
  ...warrantySchemas,
  ...collectionSchemas,
  ...pipelineSchemas,
  ...account360Schemas,
};

const answers: AnswersByRoute = {
  ...platformAnswers,
  ...administrationAnswers,
  ...accountsAnswers,
  ...ordersAnswers,
  ...receivablesAnswers,
  ...dunningAnswers,
  ...warrantyAnswers,
  ...collectionAnswers,
  ...pipelineAnswers,
  ...account360Answers,
};

/** Routes that answer something else than JSON. */
const ownMediaType: { readonly [route: string]: string } = {
  'get /metrics': 'text/plain',
  'get /v1/history/{service}': 'application/x-ndjson',
  'get /v1/platform/verification': 'application/x-ndjson',
  'post /v1/platform/backups': 'application/octet-stream',
  'get /v1/dunning/notices/{id}/content': 'text/plain',
  'get /v1/ledgers/{id}/statement/content': 'text/plain',
};

const NOT_A_COMMAND = /^\/v1\/(platform|imports)\//;

/** Media type and schema of what a route answers when it does what was asked. */
export function answerOf(method: string, path: string): AnswerContent {
  const route = `${method} ${path}`;
  const mediaType = ownMediaType[route];
  if (mediaType !== undefined) return { [mediaType]: { schema: text } };
  return { 'application/json': { schema: answers[route] ?? usual(method, path) } };
}

/** What a route answers beside: asked to go on by itself, it answers at once. */
export const alsoAnswered: {
  readonly [route: string]: {
    readonly [status: string]: { readonly description: string; readonly content: AnswerContent };
  };
} = {
  ...administrationAlsoAnswered,
  'post /v1/dunning/runs': {
    '202': {
      description: 'Asked with Prefer: respond-async: a place to watch.',
      content: {
        'application/json': {
          schema: object({ runId: uuid, status: one('running'), location: text }),
        },
      },
    },
  },
};

export const problemContent: AnswerContent = { 'application/problem+json': { schema: reference('Problem') } };

/** A command that makes nothing else answers with its receipt; every other route says its own shape. */
function usual(method: string, path: string): Schema {
  return method === 'post' && !NOT_A_COMMAND.test(path) ? reference('Receipt') : { type: 'object' };
}
