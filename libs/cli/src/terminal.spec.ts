import { describe, expect, it } from '@jest/globals';
import { Terminal, inOneLine } from './terminal.js';

const ESCAPE = String.fromCharCode(27);
const TITLE = `${ESCAPE}]0;owned${String.fromCharCode(7)}`;
const TITLE_SHOWN = String.raw`\u001b]0;owned\u0007`;

function open(hasColours: boolean) {
  let written = '';
  const write = (text: string): void => void (written += text);
  const terminal = new Terminal({ out: write, err: write, hasColours, isInteractive: false });
  return { terminal, written: () => written };
}

describe('Terminal', () => {
  it.each(['print', 'warn'] as const)(
    'shows control characters of foreign text instead of obeying: %s',
    (to) => {
      const { terminal, written } = open(true);
      terminal[to](`a\tb\n${TITLE}\r${String.fromCharCode(0x9b)}2J`);
      expect(written()).toBe(`a\tb\n${TITLE_SHOWN}${String.raw`\u000d\u009b2J`}\n`);
    },
  );

  it('does so in a table, whose columns fit what is shown', () => {
    const { terminal, written } = open(false);
    terminal.printTable(['one', 'two'], [[TITLE, 'x']]);
    expect(written()).toBe(`${'one'.padEnd(TITLE_SHOWN.length + 2)}two\n${TITLE_SHOWN}  x\n`);
  });

  it('writes JSON that says the same', () => {
    const { terminal, written } = open(false);
    const value = { text: `${TITLE}${String.fromCharCode(0x9b)}2J` };
    terminal.printJson(value);
    expect(JSON.parse(written())).toEqual(value);
    expect(written()).not.toContain(String.fromCharCode(0x9b));
  });

  it('keeps its own colours where there are colours, and none elsewhere', () => {
    const coloured = open(true);
    coloured.terminal.print(`${coloured.terminal.colours.red('no')}${TITLE}`);
    expect(coloured.written()).toBe(`${ESCAPE}[31mno${ESCAPE}[39m${TITLE_SHOWN}\n`);
    const plain = open(false);
    plain.terminal.print(`${ESCAPE}[31mno`);
    expect(plain.written()).toBe(`${String.raw`\u001b[31mno`}\n`);
  });

  it('lets the form feeds between pages through, and no other control character', () => {
    const { terminal, written } = open(false);
    terminal.printPages(`one${TITLE}\n\ftwo`);
    expect(written()).toBe(`one${TITLE_SHOWN}\n\ftwo\n`);
  });

  it('leaves no progress behind', () => {
    let written = '';
    const write = (text: string): void => void (written += text);
    const terminal = new Terminal({ out: write, err: write, hasColours: false, isInteractive: true });
    terminal.progress('page 1');
    terminal.endProgress();
    terminal.endProgress();
    expect(written).toBe(`\r${ESCAPE}[2Kpage 1\r${ESCAPE}[2K`);
  });
});

describe('inOneLine', () => {
  it('leaves no line end with which a value could look like a line of ours', () => {
    expect(inOneLine('x\nstage  parser')).toBe(String.raw`x\nstage  parser`);
  });
});
