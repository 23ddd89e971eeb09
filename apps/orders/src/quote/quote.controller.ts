import { Rule, type Principal } from '@kontor/auth';
import { Caller, Envelope, HttpEnvelope, IdParam } from '@kontor/http';
import { Body, Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { z } from 'zod';
import { ConsistentQuery } from '../requests.ts';
import { QuoteHandlers } from './quote.handlers.ts';
import {
  AcceptQuoteRequest,
  DeclineQuoteRequest,
  IssueQuoteRequest,
  QuoteQuery,
  ReviseQuoteRequest,
  SendQuoteRequest,
} from './quote.requests.ts';

type Id = z.infer<typeof IdParam>;

@ApiTags('quotes')
@Controller('v1/quotes')
export class QuoteController {
  constructor(private readonly handlers: QuoteHandlers) {}

  @Post()
  @Rule('quotes.write')
  @ApiOperation({ summary: 'Issue a quote: priced lines, valid until the end of a day in the legal entity.' })
  issue(
    @Body({ schema: IssueQuoteRequest }) request: IssueQuoteRequest,
    @Query({ schema: ConsistentQuery }) { consistentWith }: ConsistentQuery,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.handlers.issue(request, consistentWith, envelope);
  }

  @Post(':id/versions')
  @HttpCode(200)
  @Rule('quotes.write')
  @ApiOperation({ summary: 'Issue the next version; the one before is superseded.' })
  revise(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: ReviseQuoteRequest }) request: ReviseQuoteRequest,
    @Query({ schema: ConsistentQuery }) { consistentWith }: ConsistentQuery,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.handlers.revise(id, request, consistentWith, envelope);
  }

  @Post(':id/send')
  @HttpCode(200)
  @Rule('quotes.write')
  @ApiOperation({ summary: 'The live version went to the client.' })
  send(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: SendQuoteRequest }) request: SendQuoteRequest,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.handlers.sendOut(id, request, envelope);
  }

  @Post(':id/accept')
  @HttpCode(200)
  @Rule('quotes.write')
  @ApiOperation({ summary: 'The client accepted the live version, and by what.' })
  accept(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: AcceptQuoteRequest }) request: AcceptQuoteRequest,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.handlers.accept(id, request, envelope);
  }

  @Post(':id/decline')
  @HttpCode(200)
  @Rule('quotes.write')
  @ApiOperation({ summary: 'The client declined the live version.' })
  decline(
    @Param({ schema: IdParam }) { id }: Id,
    @Body({ schema: DeclineQuoteRequest }) request: DeclineQuoteRequest,
    @Envelope() envelope: HttpEnvelope,
  ) {
    return this.handlers.decline(id, request, envelope);
  }

  @Get()
  @Rule('quotes.read')
  @ApiOperation({ summary: 'Quotes, newest first; `number` finds one.' })
  list(@Query({ schema: QuoteQuery }) query: QuoteQuery, @Caller() principal: Principal) {
    return this.handlers.list(query, principal);
  }

  @Get(':id')
  @Rule('quotes.read')
  @ApiOperation({ summary: 'A quote as it is now, with its versions and orders.' })
  get(@Param({ schema: IdParam }) { id }: Id, @Caller() principal: Principal) {
    return this.handlers.get(id, principal);
  }
}
