// The raw limit of a command over HTTP: a bare NestJS-on-Fastify handler that verifies the same token, does one indexed
// select and appends one event through the same store. Started by commands.bench.ts as a process of its own.
import 'reflect-metadata';
import { randomUUID } from 'node:crypto';
import { OwnIssuer } from '@kontor/auth';
import { PostgresEventStore } from '@kontor/event-store';
import { Body, Controller, Headers, HttpCode, Post, UnauthorizedException } from '@nestjs/common';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import pg from 'pg';

const [databaseUrl, signingKey] = process.argv.slice(2) as [string, string];
const pool = new pg.Pool({ connectionString: databaseUrl, max: 40 });
await PostgresEventStore.migrate(pool, 'bare_log');
await pool.query('create table if not exists bare_accounts (number text primary key)');
const store = new PostgresEventStore({ pool, schema: 'bare_log' });
const issuer = await OwnIssuer.fromJwk(JSON.parse(signingKey) as OwnIssuer['privateJwk']);

@Controller('bare')
class BareController {
  @Post()
  @HttpCode(201)
  async register(@Body() body: { number: string; name: string }, @Headers('authorization') authorization = '') {
    try {
      await issuer.verify(authorization.slice('Bearer '.length));
    } catch {
      throw new UnauthorizedException();
    }
    await pool.query({
      name: 'bare',
      text: 'select number from bare_accounts where number = $1',
      values: [body.number],
    });
    const id = randomUUID();
    const receipt = await store.append(`account-${id}`, 'none', [
      {
        id: randomUUID(),
        type: 'bare.AccountRegistered.v1',
        data: Buffer.from(JSON.stringify(body)),
        metadata: {
          occurredAt: new Date().toISOString(),
          actor: 'bench',
          origin: 'person',
          commandId: id,
          requestHash: '',
          correlationId: id,
        },
      },
    ]);
    return { id, revision: String(receipt.revision), position: String(receipt.position) };
  }
}

class BareModule {}
const app = await NestFactory.create<NestFastifyApplication>(
  { module: BareModule, controllers: [BareController] },
  new FastifyAdapter(),
  { logger: false },
);
await app.listen(0, '127.0.0.1');
process.stdout.write(`listening ${(app.getHttpServer().address() as { port: number }).port}\n`);
