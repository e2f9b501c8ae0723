import { afterEach, describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { Test } from '@nestjs/testing';
