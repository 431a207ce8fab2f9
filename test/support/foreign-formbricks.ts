/** A request as it arrived, for assertions. `reply` is the status that was sent. */
export interface ForeignCall {
  readonly method: string;
  /** `/api/v1/client/{id}/…` */
  readonly path: string;
  readonly body: unknown;
  readonly reply: number;
}

/** A display as the foreign server keeps it. */
export interface ForeignDisplay {
  readonly id: string;
  readonly surveyId: string;
  readonly contactId: string | null;
  readonly createdAt: number;
}

/** A response as the foreign server keeps it. */
export interface ForeignResponse {
  readonly id: string;
  readonly surveyId: string;
  readonly displayId: string | null;
  readonly contactId: string | null;
  finished: boolean;
  readonly data: Record<string, unknown>;
  readonly variables: Record<string, unknown>;
  readonly ttc: Record<string, number>;
  readonly meta: { readonly url?: unknown; readonly source?: unknown; readonly action?: unknown };
  language: string | null;
  endingId: string | null;
}

/** A person as the foreign server keeps them. */
export interface ForeignContact {
  readonly id: string;
  readonly userId: string;
  readonly attributes: Record<string, unknown>;
}

/** Options of `createForeign`. */
export interface ForeignOptions {
  /** Default `clforeign0000000000000001`. */
  readonly environmentId?: string;
  /** Surveys as they are sent (client-api.md 3.1); `id` is required, all else is sent unchanged. */
  readonly surveys?: readonly ({ readonly id: string } & Readonly<Record<string, unknown>>)[];
  readonly actionClasses?: readonly object[];
  /** The workspace's settings; `recontactDays` is 0 unless given. */
  readonly settings?: object;
  /** Epoch ms. Default: the device's clock. */
  readonly now?: () => number;
}

/** An answer of the foreign server: a status, a body and the headers beside CORS. */
export interface ForeignReply {
  readonly status: number;
  /** JSON text, HTML for an unknown path, empty for a wrong method. */
  readonly text: string;
  readonly contentType: string;
  readonly cacheControl: string;
}

/** A Formbricks server without Inkling's additions and without a socket. */
export interface Foreign {
  readonly environmentId: string;
  /** Surveys; may be changed while it runs. */
  readonly surveys: ({ readonly id: string } & Readonly<Record<string, unknown>>)[];
  readonly responses: ForeignResponse[];
  readonly displays: ForeignDisplay[];
  readonly contacts: ForeignContact[];
  /** Every request in order of arrival, preflights included. */
  readonly calls: ForeignCall[];
  answer: (method: string, path: string, text: string) => ForeignReply;
}

type Fields = Readonly<Record<string, unknown>>;

const ID = /^[0-9a-z]+$/;
const MOST_BYTES = 2 * 1024 * 1024;
const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const CLIENT_PATH = /^\/api\/(v[12])\/client\/([^/]+)\/(.+)$/;

/** Thrown by a route, sent by `answer`. */
interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
  readonly details: object;
}

/**
 * A real Formbricks as far as the client API goes (client-api.md 3): its environment has no `inkling` marker, ids are
 * made by the server, unknown keys (`id` and `seq` among them) are dropped, a display accepts one response, and
 * finished responses can't be changed. Kept in memory.
 */
export function createForeign(options: ForeignOptions = {}): Foreign {
  const { environmentId = 'clforeign0000000000000001', now = Date.now } = options;
  const surveys = [...(options.surveys ?? [])];
  const responses: ForeignResponse[] = [];
  const displays: ForeignDisplay[] = [];
  const contacts: ForeignContact[] = [];
  const calls: ForeignCall[] = [];
  let made = 0;
  const makeId = (kind: string): string => `cl${kind}${`${++made}`.padStart(22, '0')}`;

  const contactOf = (userId: string): ForeignContact => {
    const known = contacts.find((contact) => contact.userId === userId);
    if (known) return known;
    const contact = { id: makeId('c'), userId, attributes: {} };
    contacts.push(contact);
    return contact;
  };

  const liveSurvey = (surveyId: unknown): void => {
    const survey = surveys.find(({ id }) => id === surveyId);
    if (!survey) throw notFound('Survey', `${surveyId}`);
    if (survey.status !== undefined && survey.status !== 'inProgress') {
      throw refusal(403, 'forbidden', 'Survey is not accepting submissions', { surveyId });
    }
  };

  const environment = (): object => {
    const settings = {
      id: environmentId,
      recontactDays: 0,
      clickOutsideClose: true,
      overlay: 'none',
      placement: 'bottomRight',
      inAppSurveyBranding: true,
      styling: { allowStyleOverwrite: true },
      ...options.settings,
    };
    const actionClasses = options.actionClasses ?? [];
    return {
      data: { surveys, actionClasses, workspace: settings, project: settings },
      expiresAt: new Date(now() + HOUR_MS).toISOString(),
    };
  };

  const user = (body: Fields): object => {
    const { userId, attributes } = body;
    if (typeof userId !== 'string' || userId === '') {
      throw refusal(400, 'bad_request', 'userId is required and must be a string');
    }
    const contact = contactOf(userId);
    Object.assign(contact.attributes, isObject(attributes) ? attributes : {});
    const shown = displays.filter(({ contactId }) => contactId === contact.id).toReversed();
    const isoOf = ({ createdAt }: ForeignDisplay): string => new Date(createdAt).toISOString();
    const data = {
      contactId: contact.id,
      userId,
      segments: [],
      displays: shown.map((display) => ({ surveyId: display.surveyId, createdAt: isoOf(display) })),
      responses: responses.filter(({ contactId }) => contactId === contact.id).map((one) => one.surveyId),
      lastDisplayAt: shown[0] ? isoOf(shown[0]) : null,
    };
    return { state: { data, expiresAt: new Date(now() + HOUR_MS / 2).toISOString() } };
  };

  const display = (version: string, body: Fields): object => {
    const { surveyId, userId, contactId } = body;
    check({
      surveyId: isId(surveyId),
      ...(version === 'v1'
        ? { userId: userId === undefined || (typeof userId === 'string' && userId.length <= 255) }
        : { contactId: contactId === undefined || isId(contactId) }),
    });
    // v1 creates the contact before it looks for the survey.
    const person =
      version === 'v1'
        ? typeof userId === 'string' && contactOf(userId)
        : contacts.find(({ id }) => id === contactId);
    liveSurvey(surveyId);
    const stored: ForeignDisplay = {
      id: makeId('d'),
      surveyId: surveyId as string,
      contactId: person ? person.id : null,
      createdAt: now(),
    };
    displays.push(stored);
    return { id: stored.id, contactId: stored.contactId, surveyId };
  };

  const displayResponse = (displayId: string): object => {
    if (!ID.test(displayId)) throw refusal(400, 'bad_request', 'Validation failed: displayId');
    if (!displays.some(({ id }) => id === displayId)) throw notFound('Display', displayId);
    return { responseId: responses.find((one) => one.displayId === displayId)?.id ?? null };
  };

  const create = (version: string, body: Fields): object => {
    const { surveyId, finished, data = {}, userId, contactId, displayId, singleUseId } = body;
    check({
      surveyId: isId(surveyId),
      finished: typeof finished === 'boolean',
      displayId: isTextOrNothing(displayId),
      singleUseId: isTextOrNothing(singleUseId),
      ...(version === 'v1'
        ? { userId: isTextOrNothing(userId) }
        : { contactId: contactId === undefined || contactId === null || isId(contactId) }),
      ...checkAnswer(body),
    });
    liveSurvey(surveyId);
    // Neither version creates a contact here.
    const person = contacts.find((one) => (version === 'v1' ? one.userId === userId : one.id === contactId));
    if (typeof displayId === 'string') {
      const shown = displays.find(({ id }) => id === displayId);
      const claims = version === 'v1' ? (person?.id ?? null) : (contactId ?? null);
      const fault = !shown
        ? 'does not exist'
        : shown.surveyId !== surveyId
          ? 'belongs to another survey'
          : shown.contactId !== null && shown.contactId !== claims
            ? 'belongs to another contact'
            : responses.some((one) => one.displayId === displayId)
              ? 'is already linked to a response'
              : undefined;
      if (fault) throw refusal(400, 'bad_request', `Display ${displayId} ${fault}`);
    }
    const { url, source, action } = isObject(body.meta) ? body.meta : {};
    const stored: ForeignResponse = {
      id: makeId('r'),
      surveyId: surveyId as string,
      displayId: (displayId as string | null | undefined) ?? null,
      contactId: person?.id ?? null,
      finished: finished as boolean,
      data: { ...(data as object) },
      variables: { ...(body.variables as object | undefined) },
      ttc: clampTimes(body.ttc),
      meta: { url, source, action },
      language: (body.language as string | undefined) ?? null,
      endingId: (body.endingId as string | null | undefined) ?? null,
    };
    if (stored.finished) addTotal(stored.ttc);
    responses.push(stored);
    return { id: stored.id, quotaFull: false };
  };

  const update = (responseId: string, body: Fields): object => {
    const { finished, language, endingId } = body;
    check({ finished: finished === undefined || typeof finished === 'boolean', ...checkAnswer(body) });
    if (!ID.test(responseId)) throw refusal(400, 'bad_request', 'Validation failed: responseId');
    const stored = responses.find(({ id }) => id === responseId);
    if (!stored) throw notFound('Response', responseId);
    liveSurvey(stored.surveyId);
    if (stored.finished) {
      const details = { code: 'response_already_finished' };
      throw refusal(400, 'bad_request', 'Response is already finished', details);
    }
    Object.assign(stored.data, body.data);
    Object.assign(stored.variables, body.variables);
    Object.assign(stored.ttc, clampTimes(body.ttc));
    if (typeof language === 'string') stored.language = language;
    if (endingId !== undefined) stored.endingId = endingId as string | null;
    stored.finished = (finished as boolean | undefined) ?? false;
    if (stored.finished) addTotal(stored.ttc);
    return { id: stored.id, quotaFull: false };
  };

  /** Undefined for an unknown path, null for a method that the path doesn't have. */
  const route = (
    method: string,
    version: string,
    rest: string,
  ): ((body: Fields) => object) | null | undefined => {
    const [, displayId] = /^displays\/([^/]+)\/response$/.exec(rest) ?? [];
    const [, responseId] = /^responses\/([^/]+)$/.exec(rest) ?? [];
    if (rest === 'environment') return method === 'GET' ? environment : null;
    if (rest === 'user') return method === 'POST' ? user : null;
    if (rest === 'displays') return method === 'POST' ? (body) => display(version, body) : null;
    if (displayId) return method === 'GET' ? () => displayResponse(displayId) : null;
    if (rest === 'responses') return method === 'POST' ? (body) => create(version, body) : null;
    if (responseId) return method === 'PUT' ? (body) => update(responseId, body) : null;
    return undefined;
  };

  const reply = (method: string, path: string, text: string): ForeignReply => {
    const [, version = '', id = '', rest = ''] = CLIENT_PATH.exec(path) ?? [];
    // Preflights are answered whatever the id is.
    if (method === 'OPTIONS' && rest) return json(200, { data: {} });
    const handler = route(method, version, rest);
    if (handler === undefined) {
      return { ...json(404, {}), text: '<!DOCTYPE html><html><h1>404</h1></html>', contentType: 'text/html' };
    }
    if (handler === null) return { ...json(405, {}), text: '' };
    try {
      if (rest === 'environment' && !ID.test(id)) throw refusal(400, 'bad_request', 'Invalid ID format');
      if (rest === 'user' && !ID.test(id)) throw refusal(400, 'bad_request', 'Invalid workspace ID format');
      if (id !== environmentId) throw notFound('Workspace', id);
      const sent = json(200, { data: handler(method === 'GET' ? {} : parseBody(text)) });
      const shared = 'public, s-maxage=60, max-age=60, stale-while-revalidate=60, stale-if-error=60';
      return rest === 'environment' ? { ...sent, cacheControl: shared } : sent;
    } catch (error) {
      if (!isRefusal(error)) throw error;
      const { status, code, message, details } = error;
      return json(status, { code, message, details });
    }
  };

  return {
    environmentId,
    surveys,
    responses,
    displays,
    contacts,
    calls,
    answer: (method, path, text) => {
      const sent = reply(method, path, text);
      calls.push({ method, path, body: readJson(text), reply: sent.status });
      return sent;
    },
  };
}

function json(status: number, body: object): ForeignReply {
  const text = JSON.stringify(body);
  return { status, text, contentType: 'application/json', cacheControl: 'private, no-store' };
}

function refusal(status: number, code: string, message: string, details: object = {}): Refusal {
  return { status, code, message, details };
}

function isRefusal(error: unknown): error is Refusal {
  return isObject(error) && typeof error.status === 'number';
}

function notFound(type: string, id: string): Refusal {
  const details = { resource_id: id, resource_type: type };
  return refusal(404, 'not_found', `${type} not found`, details);
}

/** Refuses a body in which a field is wrong. */
function check(fields: Readonly<Record<string, boolean>>): void {
  const wrong = Object.entries(fields).filter(([, isRight]) => !isRight);
  if (wrong.length === 0) return;
  const details = Object.fromEntries(wrong.map(([name]) => [name, 'Invalid input']));
  throw refusal(400, 'bad_request', 'Fields are missing or incorrectly formatted', details);
}

/** The fields that a creation and an update share. */
function checkAnswer({ data, variables, ttc, language, endingId }: Fields): Record<string, boolean> {
  const isRecordOf = (value: unknown, isRight: (one: unknown) => boolean): boolean =>
    value === undefined || (isObject(value) && Object.values(value).every(isRight));
  const isText = (value: unknown): boolean => typeof value === 'string';
  const isValue = (value: unknown): boolean =>
    isText(value) ||
    typeof value === 'number' ||
    (Array.isArray(value) ? value.every(isText) : isObject(value) && Object.values(value).every(isText));
  return {
    data: isRecordOf(data, isValue),
    variables: isRecordOf(variables, (one) => isText(one) || typeof one === 'number'),
    ttc: isRecordOf(ttc, (one) => typeof one === 'number'),
    language: language === undefined || isText(language),
    endingId: isTextOrNothing(endingId),
  };
}

function parseBody(text: string): Fields {
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) {
    const details = { error: `Payload exceeds ${MOST_BYTES} bytes` };
    throw refusal(413, 'payload_too_large', 'Payload Too Large', details);
  }
  const body = readJson(text);
  if (body === undefined) {
    throw refusal(400, 'bad_request', 'Malformed JSON input, please check your request body');
  }
  return isObject(body) ? body : {};
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function clampTimes(ttc: unknown): Record<string, number> {
  const entries = Object.entries((ttc ?? {}) as Record<string, number>);
  return Object.fromEntries(entries.map(([key, ms]) => [key, Math.min(Math.max(ms, 0), DAY_MS)]));
}

function addTotal(ttc: Record<string, number>): void {
  const { _total, ...times } = ttc;
  ttc._total = Object.values(times).reduce((sum, ms) => sum + ms, 0);
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isId(value: unknown): boolean {
  return typeof value === 'string' && ID.test(value);
}

function isTextOrNothing(value: unknown): boolean {
  return value === undefined || value === null || typeof value === 'string';
}
