// What the language allows and this repository does not, by the shape of the tree.

const EVERYWHERE = [
  { selector: 'TSEnumDeclaration', message: 'Use a union or an `as const` object, not an enum.' },
  {
    selector: 'CatchClause > BlockStatement[body.length=0]',
    message: 'An empty catch hides the error: act on it, or let it pass.',
  },
  {
    selector:
      "CallExpression[callee.property.name='catch'] > :matches(ArrowFunctionExpression, FunctionExpression) > BlockStatement[body.length=0]",
    message: 'An empty catch hides the error: act on it, or let it pass.',
  },
  {
    selector: 'TSInterfaceDeclaration[id.name=/^I[A-Z][a-z]/]',
    message: 'No I prefix: an interface is named for what it is.',
  },
  {
    selector:
      'ClassDeclaration:has(> Decorator) > ClassBody > MethodDefinition[kind="constructor"] > FunctionExpression > .params:not(:has(> Decorator))',
    message: 'Decorator metadata is off: without @Inject(TOKEN) Nest injects undefined.',
  },
];

const IN_SPECS = [
  {
    selector:
      'MemberExpression[object.name=/^(it|test|describe)$/][property.name=/^(skip|only|todo|failing)$/]',
    message: 'Every test runs.',
  },
  {
    selector: 'CallExpression[callee.name=/^(xit|xtest|xdescribe|fit|fdescribe)$/]',
    message: 'Every test runs.',
  },
];

export const syntaxRule = { 'no-restricted-syntax': ['error', ...EVERYWHERE] };
export const specSyntaxRule = { 'no-restricted-syntax': ['error', ...EVERYWHERE, ...IN_SPECS] };
