import ts from 'typescript';

/** A type as the program knows it, to be gone through by the names of its properties. */
export class Documented {
  readonly #checker: ts.TypeChecker;
  readonly #type: ts.Type | undefined;
  /** The docstring that it was found with, on one line a paragraph; empty without one. */
  readonly doc: string;

  constructor(checker: ts.TypeChecker, type: ts.Type | undefined, doc = '') {
    this.#checker = checker;
    this.#type = type;
    this.doc = doc;
  }

  /** What lies there; without a type and a docstring where nothing does. */
  at(...path: string[]): Documented {
    const [name, ...rest] = path;
    if (name === undefined) return this;
    const symbol = this.#type?.getProperty(name);
    if (!symbol) return new Documented(this.#checker, undefined);
    return new Documented(this.#checker, this.#checker.getTypeOfSymbol(symbol), docOf(symbol, this.#checker)).at(
      ...rest,
    );
  }
}

/** Something that a module exports. */
export interface Exported {
  readonly name: string;
  readonly doc: string;
  /** As it is written behind `type`; undefined for values. */
  readonly alias: string | undefined;
  /** The value that the type is inferred from by zod. */
  readonly inferredFrom: string | undefined;
  readonly value: Documented;
}

/** What the module in this file exports, by name. */
export function exportsOf(program: ts.Program, file: string): Exported[] {
  const checker = program.getTypeChecker();
  const module = checker.getSymbolAtLocation(program.getSourceFile(file)!)!;
  return checker.getExportsOfModule(module).map((exported) => {
    const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
    const declaration = symbol.declarations?.find(ts.isTypeAliasDeclaration);
    const [parameter] = declaration?.typeParameters ?? [];
    const doc = docOf(symbol, checker);
    return {
      name: symbol.name + (parameter ? `<${parameter.name.text}>` : ''),
      doc,
      alias: declaration?.type.getText().replaceAll(/\s+/g, ' '),
      inferredFrom: /^z\.infer<typeof (\w+)>$/.exec(declaration?.type.getText() ?? '')?.[1],
      value: new Documented(checker, declaration ? undefined : checker.getTypeOfSymbol(symbol), doc),
    };
  });
}

const docOf = (symbol: ts.Symbol, checker: ts.TypeChecker): string =>
  ts.displayPartsToString(symbol.getDocumentationComment(checker));
