import { type ArgumentMetadata, StandardSchemaValidationPipe } from '@nestjs/common';
import { fieldErrors, ValidationProblem } from './validation.ts';

/**
 * Validates what comes with a request by the schema of the handler's parameter. What is wrong with a part of the address is
 * said under its name there, and nothing that was sent is taken away before the schema has seen it: Nest's own pipe drops
 * `constructor` and `__proto__` (a key that no schema lets through), so that fields of these names passed unnoticed.
 */
export class RequestPipe extends StandardSchemaValidationPipe {
  constructor() {
    super({ exceptionFactory: (issues) => new ValidationProblem(fieldErrors(issues)) });
  }

  override async transform<T = unknown>(value: T, metadata: ArgumentMetadata): Promise<T> {
    try {
      return await super.transform(value, metadata);
    } catch (error) {
      if (error instanceof ValidationProblem && metadata.type === 'param' && metadata.data !== undefined)
        throw error.under(metadata.data);
      throw error;
    }
  }

  protected override stripProtoKeys(): void {
    // Strict schemas refuse them by name.
  }
}
