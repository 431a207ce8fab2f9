/** A value as it is sent, by survey-model.md 2; what the oracle and the visitor speak of. */
export type Wire = string | number | readonly string[] | Readonly<Record<string, string>>;

/** A text: plain, or with a translation into German. */
export type Words = Readonly<Record<string, string>>;

export interface Entry {
  readonly id: string;
  readonly label: Words;
}

/** An element as a document of today has it. */
export interface Element {
  readonly id: string;
  readonly type: string;
  readonly headline: Words;
  readonly required: boolean;
  readonly choices?: readonly (Entry & { readonly imageUrl?: string })[];
  readonly rows?: readonly Entry[];
  readonly columns?: readonly Entry[];
  readonly [field: string]: unknown;
}

/** What a visitor may enter: valid answers, and one that a rule refuses, if there is a rule. */
export interface Offer {
  readonly good: readonly Wire[];
  readonly bad?: Wire;
}

export interface Operand {
  readonly type: string;
  readonly value: Wire;
  readonly meta?: { readonly row: string };
}

export interface Condition {
  readonly id: string;
  readonly leftOperand: Operand;
  readonly operator: string;
  readonly rightOperand?: Operand;
}

export interface Group {
  readonly id: string;
  readonly connector: 'and' | 'or';
  readonly conditions: readonly (Condition | Group)[];
}

export interface Action {
  readonly id: string;
  readonly objective: string;
  readonly target?: string;
  readonly variableId?: string;
  readonly operator?: string;
  readonly value?: Operand;
}

export interface Rule {
  readonly id: string;
  readonly conditions: Group;
  readonly actions: readonly Action[];
}

/** A rule as it was until 2024: about the question that it belongs to. */
export interface FormerRule {
  readonly condition: string;
  readonly value?: string | number | readonly string[];
  readonly destination: string;
}

export interface Card {
  readonly id: string;
  readonly elements: readonly Element[];
  readonly logic?: readonly Rule[];
  readonly former?: readonly FormerRule[];
  readonly logicFallback?: string;
}

export interface Variable {
  readonly id: string;
  readonly name: string;
  readonly type: 'number' | 'text';
  readonly value: number | string;
}

/** A survey as its author means it, whatever its document looks like. */
export interface Model {
  readonly cards: readonly Card[];
  readonly welcome: Words | undefined;
  readonly endings: readonly { readonly id: string; readonly headline: Words }[];
  readonly variables: readonly Variable[];
  readonly hidden: Readonly<Record<string, string>>;
  /** `default`, or the code of the language that the visitor reads. */
  readonly language: 'default' | 'de';
  /** By the id of the element. */
  readonly offers: Readonly<Record<string, Offer>>;
}
