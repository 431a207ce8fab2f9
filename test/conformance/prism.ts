import { createRequire } from 'node:module';

/** A proxy that compares requests and replies with a description and answers with an error where they differ. */
export interface Prism {
  readonly port: number;
  readonly origin: string;
  /**
   * Entries of its log at level `warn` or above, oldest first. The entry of a request is there before its reply
   * arrives.
   */
  complaints(): readonly LogEntry[];
  stop(): Promise<void>;
}

/** An entry of prism's log, as far as tests read it. */
export interface LogEntry {
  readonly level: string;
  readonly msg: string;
  /** The request that the entry is about; entries of the validator have none. */
  readonly input?: { readonly method: string; readonly url: { readonly path: string } };
}

interface Logger {
  child(bindings: object): Logger;
}
interface PrismServer {
  /** Resolves to the address, `http://127.0.0.1:…`. */
  listen(port: number, host: string): Promise<string>;
  close(): Promise<void>;
}
interface PrismModules {
  readonly core: { createLogger(name: string, options: object, destination: object): Logger };
  readonly http: { getHttpOperationsFromSpec(document: string): Promise<readonly unknown[]> };
  readonly server: { createServer(operations: readonly unknown[], options: object): PrismServer };
}

const LEVELS: ReadonlySet<string> = new Set(['warn', 'error', 'fatal']);

/**
 * Starts what `prism proxy --errors` starts, with this description file in front of a server, on a free port of the
 * loopback interface. In this process instead of through the command, so that its log can be read as data: the output
 * of the command also has example paths with random words, `error` among them.
 */
export async function startPrism(document: string, upstream: string): Promise<Prism> {
  const { core, http, server: module } = loadPrism();
  const entries: LogEntry[] = [];
  const logger = core.createLogger(
    'CLI',
    { level: 'info', formatters: { level: (level: string) => ({ level }) } },
    { write: (line: string) => entries.push(JSON.parse(line)) },
  );
  const server = module.createServer(await http.getHttpOperationsFromSpec(document), {
    cors: true,
    config: {
      isProxy: true,
      upstream: new URL(upstream),
      validateRequest: true,
      validateResponse: true,
      checkSecurity: true,
      errors: true,
      mock: { dynamic: false },
    },
    components: { logger: logger.child({ name: 'HTTP SERVER' }) },
  });
  const origin = await server.listen(0, '127.0.0.1');
  return {
    port: Number(new URL(origin).port),
    origin,
    complaints: () => entries.filter(({ level }) => LEVELS.has(level)),
    stop: () => server.close(),
  };
}

/** The modules that the installed command itself is made of, in its versions of them. */
function loadPrism(): PrismModules {
  const require = createRequire(createRequire(import.meta.url).resolve('@stoplight/prism-cli/dist/index.js'));
  return {
    core: require('@stoplight/prism-core'),
    http: require('@stoplight/prism-http'),
    server: require('@stoplight/prism-http-server'),
  };
}
