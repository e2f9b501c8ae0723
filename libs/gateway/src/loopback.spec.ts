import { describe, expect, it } from '@jest/globals';
import { assertSafeBinding } from './loopback.js';

describe('binding', () => {
  it.each(['127.0.0.1', 'localhost', '::1', '127.3.2.1'])('to %s needs no API key', (host) => {
    expect(() => assertSafeBinding(host, false)).not.toThrow();
  });

  it.each(['0.0.0.0', '::', '192.168.1.5', 'gateway.example'])(
    'to %s without API keys is refused',
    (host) => {
      expect(() => assertSafeBinding(host, false)).toThrow(/DOCSTREAM_API_KEYS/);
      expect(() => assertSafeBinding(host, true)).not.toThrow();
    },
  );
});
