import { Controller, Get, Param } from '@nestjs/common';
import { ERROR_CODES, isErrorCode, type ErrorCode } from '@docstream/contracts';
import { PoisonError } from '@docstream/core';

/** Where the `type` of a problem leads. */
@Controller('v1/problems')
export class ProblemsController {
  @Get(':code')
  explain(@Param('code') code: string): {
    readonly code: ErrorCode;
    readonly meaning: string;
    readonly remedy: string;
  } {
    if (!isErrorCode(code)) throw new PoisonError('NOT_FOUND', 'there is no such error code');
    const { meaning, remedy } = ERROR_CODES[code];
    return { code, meaning, remedy };
  }
}
