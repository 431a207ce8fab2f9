/**
 * Every bound on what a stranger, a page or an owner's document can make grow, for the snippet and the server.
 *
 * The names end in their unit: `_BYTES`, `_CHARS`, `_MS`; all others count. docs/limits.md lists each of them with its
 * value, its reason and what a client gets above it; test/core/limits.test.ts compares both.
 */

const KIB = 1024;
const MIB = 1024 * KIB;
const GIB = 1024 * MIB;
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

// Connections and requests.

/** Connections that are open at once. */
export const MAX_CONNECTIONS = 10_000;
/** Bytes of all headers of a request. */
export const MAX_HEADER_BYTES = 16 * KIB;
/** Headers of a request. */
export const MAX_HEADERS = 200;
/** Time from the first byte of a request to the end of its headers. */
export const MAX_HEAD_MS = 8 * SECOND;
/** Time that a body may stall, or that a client may read nothing of its reply. */
export const MAX_STALL_MS = 8 * SECOND;
/** Time that a connection may stay idle between two requests. */
export const KEEP_ALIVE_MS = 65 * SECOND;
/** Bytes of a JSON body. */
export const MAX_BODY_BYTES = 2 * MIB;
/** Bytes per second that a body, or a client that reads its reply, has to move on average. */
export const MIN_BYTES_PER_SECOND = 1_024;
/** Connections above which an idle one is closed after `MAX_STALL_MS`. */
export const BUSY_CONNECTIONS = 256;
/** Connections above `MAX_CONNECTIONS` that are accepted to be answered with 503, or asked for the server's health. */
export const SPARE_CONNECTIONS = 64;
/** Time that a body may take to arrive, from its request on. */
export const MAX_BODY_MS = 30 * SECOND;
/** Bytes per second of a permitted upload that takes longer than `MAX_BODY_MS`, over the whole body. */
export const MIN_UPLOAD_BYTES_PER_SECOND = 8 * KIB;
/** Bytes of all JSON bodies together that arrive or are worked on. */
export const MAX_BODIES_BYTES = 32 * MIB;
/** The same for uploads that are permitted. */
export const MAX_UPLOADS_BYTES = 64 * MIB;
/** The same for uploads whose permission has not arrived yet. */
export const MAX_UNSIGNED_UPLOADS_BYTES = 16 * MIB;
/** Bytes of an upload in one JSON body in which its permission is looked for; if it comes later, the whole body is read. */
export const MAX_CLAIM_BYTES = 64 * KIB;
/** Requests that are worked on at once; one whose body is still arriving is not counted. */
export const MAX_REQUESTS = 1_024;
/** Requests for the server's health that are worked on at once. */
export const MAX_HEALTH_REQUESTS = 64;
/** CPU time that requests are started for until the event loop turns to replies and new requests. */
export const MAX_TURN_MS = 5;
/** Bytes of a body above which it is parsed and checked in turn with others of that size. */
export const LARGE_BODY_BYTES = 64 * KIB;
/** Pause between two large bodies, as a multiple of the time that the first one took. */
export const LARGE_BODY_PAUSES = 3;
/** Shortest pause between two large bodies. */
export const LARGE_BODY_PAUSE_MS = 50;
/** Depth of nesting of a JSON body. */
export const MAX_JSON_DEPTH = 256;
/** Keys of one object in a JSON body. */
export const MAX_JSON_KEYS = 1_000;
/** Items of one list in a JSON body. */
export const MAX_JSON_ITEMS = 25_000;
/** Values of a JSON body, those inside of others included. */
export const MAX_JSON_VALUES = 10_000;
/** Bytes of a JSON body that brings a survey or a segment. */
export const MAX_DOCUMENT_BYTES = MIB;
/** Values of a JSON body that brings a survey or a segment. */
export const MAX_DOCUMENT_VALUES = 25_000;
/** Fields that an error names. */
export const MAX_ERROR_FIELDS = 50;
/** Characters of each text of an error, and of each field it names. */
export const MAX_ERROR_CHARS = 500;

// Rates.

/** Requests of one address in a minute. */
export const MAX_REQUESTS_PER_MINUTE = 100;
/** Permissions to upload for one address in a minute. */
export const MAX_UPLOADS_PER_MINUTE = 5;
/** Permissions to upload for one environment in a minute. */
export const MAX_ENVIRONMENT_UPLOADS_PER_MINUTE = 100;
/** Writes that wait for the database. */
export const MAX_QUEUED_WRITES = 10_000;
/** Time that a write waits while another process has locked the SQLite file. */
export const MAX_LOCK_WAIT_MS = 5 * SECOND;
/** Time in which a check of health must have written. */
export const MAX_PROBE_MS = SECOND;
/** Time for which the result of a check of health serves. */
export const PROBE_CACHE_MS = SECOND;
/** Attribute keys that identifications of one address make in a day. */
export const MAX_NEW_KEYS_PER_DAY = 20;
/** Attribute keys that identifications of one environment make in a day. */
export const MAX_ENVIRONMENT_NEW_KEYS_PER_DAY = 60;

// Texts and keys.

/** Bytes of a text that is part of an index. */
export const MAX_INDEXED_BYTES = 2_000;
/** Attribute keys that an owner makes, the five default ones included; also all keys at which identifications make none. */
export const MAX_ATTRIBUTE_KEYS = 150;
/** Characters of an attribute key that an identification makes. */
export const MAX_ATTRIBUTE_KEY_CHARS = 2_000;
/** Attributes of one identification. */
export const MAX_ATTRIBUTES = 500;
/** Characters of the value of an attribute. */
export const MAX_ATTRIBUTE_CHARS = 10_000;
/** Remarks about attributes in one reply. */
export const MAX_REMARKS = 200;
/** Characters of an id. */
export const MAX_ID_CHARS = 255;
/** Languages of a survey or of a change of settings. */
export const MAX_LANGUAGES = 200;
/** Characters of a language code or its alias. */
export const MAX_LANGUAGE_CHARS = 64;
/** Characters of an e-mail address. */
export const MAX_EMAIL_CHARS = 255;
/** Characters of a date or an instant. */
export const MAX_DATE_CHARS = 128;
/** Characters of an address that the server sends to or compares with. */
export const MAX_URL_CHARS = 2_048;
/** Characters of an address that is a link or an answer. */
export const MAX_LINK_CHARS = 4_096;
/** Characters of a free text for the choice `other`. */
export const MAX_OTHER_CHARS = 250;
/** Characters of a `User-Agent` header that are parsed. */
export const MAX_USER_AGENT_CHARS = 512;
/** Bytes of a stored answer: `data`, `variables`, `ttc`, `meta`, `language` and `endingId` as JSON, however many posts made it. */
export const MAX_ANSWER_BYTES = 256 * KIB;
/** Keys of each of `data`, `variables` and `ttc` of a stored answer. */
export const MAX_ANSWER_KEYS = 500;
/** Characters of all that a visitor enters into a survey: at 3 bytes each they fit in an answer, with room for the rest. */
export const MAX_ENTERED_CHARS = 64 * KIB;
/** Characters of a hidden field that a page sets. */
export const MAX_HIDDEN_FIELD_CHARS = 2_000;
/** Characters of each text that a client may set in `meta`. */
export const MAX_META_CHARS = 2_000;
/** Bytes of a contact's attributes that are copied into a response. */
export const MAX_COPIED_ATTRIBUTE_BYTES = 32 * KIB;
/** Keys that a survey once had and that still count as its own in an answer. */
export const MAX_FORMER_KEYS = 500;
/** Attribute keys of an environment that identifications have made. */
export const MAX_CLIENT_ATTRIBUTE_KEYS = 100;
/** Names of attributes in one remark for the site's developer. */
export const MAX_NAMED_ATTRIBUTES = 20;
/** Characters of a `userHash` that is compared: HMAC-SHA256 in hex. */
export const MAX_USER_HASH_CHARS = 64;

// Times.

/** Time that one element is answered in; longer times are cut. */
export const MAX_ELEMENT_MS = DAY;
/** Time that a replaced identity secret stays valid: as long as an answer may wait on a device. */
export const FORMER_SECRET_MS = 7 * DAY;

// Files.

/** Bytes of an uploaded file. */
export const MAX_FILE_BYTES = 10 * MIB;
/** Bytes of a file that an owner publishes. */
export const MAX_PUBLIC_FILE_BYTES = 5 * MIB;
/** Files in one answer. */
export const MAX_ANSWER_FILES = 25;
/** Characters of the name of a file, as its owner calls it. */
export const MAX_FILE_NAME_CHARS = 1_000;
/** Characters of the path of a stored file. */
export const MAX_FILE_PATH_CHARS = 4_096;
/** Values of a JSON body that brings a file. */
export const MAX_UPLOAD_VALUES = 1_000;
/** Time between the permission to upload and the upload. */
export const UPLOAD_TICKET_MS = 2 * MINUTE;
/** Time after which an upload that no answer uses is removed. */
export const MAX_UNUSED_FILE_MS = DAY;
/** Time for which a removed upload is remembered, so that an answer which names it is refused. */
export const SWEPT_FILE_MS = 7 * DAY;
/** Bytes of all files of an environment that visitors have uploaded. */
export const MAX_ENVIRONMENT_FILE_BYTES = 10 * GIB;
/** Bytes that a file counts for at least. */
export const LEAST_FILE_BYTES = 64 * KIB;

// Surveys and segments.

/** Signs `<` and `&` in all texts of a survey. */
export const MAX_MARKUP_SIGNS = 50_000;
/** Times that the markup in a plain text of a survey is taken away; what is still markup then loses its signs. */
export const MAX_CLEANINGS = 5;
/** Depth of nesting of the filters of a segment. */
export const MAX_FILTER_DEPTH = 100;
/** Filters that are compiled for one segment which is part of a cycle. */
export const MAX_CIRCULAR_FILTERS = 10_000;
/** Displays of one survey that a person's state has, the newest; a larger `displayLimit` is sent as this. */
export const MAX_SURVEY_DISPLAYS = 100;
/** Displays that a person's state has. */
export const MAX_STATE_DISPLAYS = 1_000;
/** Responses to one survey that a person's state has, the newest. */
export const MAX_SURVEY_RESPONSES = 10;
/** Responses that a person's state has. */
export const MAX_STATE_RESPONSES = 1_000;
/** Elements of a survey. */
export const MAX_ELEMENTS = 1_000;
/** Controls of one card: choices, cells of a matrix, points of a scale. */
export const MAX_CARD_CONTROLS = 5_000;
/** Validation rules of one element. */
export const MAX_ELEMENT_RULES = 100;
/** Variables of a survey. */
export const MAX_VARIABLES = 500;
/** Characters of a variable that holds text. */
export const MAX_VARIABLE_CHARS = 4_096;
/** Conditions, groups and actions of the logic of one card. */
export const MAX_LOGIC_STEPS = 5_000;
/** Time that a survey may wait before it opens, or before it closes by itself: what a browser's timer can hold. */
export const MAX_TIMER_MS = 2_147_483_000;
/** Cards that one visitor submits in one survey, those that logic repeats included. */
export const MAX_SUBMITTED_CARDS = 1_000;

// Regular expressions of URL rules and of validation rules.

/** Characters of a pattern. */
export const MAX_PATTERN_CHARS = 512;
/** States that a pattern needs: a counted repeat of a group needs them as often as it repeats. */
export const MAX_PATTERN_STATES = 1_000;
/** Characters of an address that patterns are matched with. */
export const MAX_ADDRESS_CHARS = 2_048;
/** Transitions tried for one pattern and one address: 2 ms. An ordinary pattern needs a tenth for the longest address. */
export const MAX_ADDRESS_STEPS = 200_000;
/** Characters of an answer that patterns are matched with. */
export const MAX_MATCHED_CHARS = 4_096;
/** Transitions tried for all patterns of one card, of one response that is posted, or of a survey that is saved: 10 ms. */
export const MAX_ANSWER_STEPS = 500_000;

// Webhooks.

/** Time of one attempt to deliver a webhook, from the name's resolution to the end of the reply. */
export const WEBHOOK_TIMEOUT_MS = 15 * SECOND;
/** Bytes of a webhook receiver's reply that are read. */
export const MAX_WEBHOOK_REPLY_BYTES = 64 * KIB;
/** Pause between two times that a process takes due deliveries, of each webhook as many as may be in flight. */
export const WEBHOOK_PAUSE_MS = 50;
/** Deliveries that wait for one webhook. */
export const MAX_PENDING_DELIVERIES = 10_000;
/** Delivered and dead deliveries of one webhook that are listed. */
export const MAX_ENDED_DELIVERIES = 10_000;
/** Time for which delivered and dead deliveries are listed. */
export const DELIVERY_LOG_MS = 30 * DAY;
