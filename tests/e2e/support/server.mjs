// Starts the real binary on a free port with a folder of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export const binary = process.env.SOYUZ_BINARY ?? "build/dev/soyuz";

/** The owner whom a server makes at its first start, unless a test names another. */
const keeper = { DEFAULT_ADMIN_USERNAME: "keeper", DEFAULT_ADMIN_PASSWORD: "correct horse battery" };

export class Server {
  /**
   * `options`: further words of the command line. `folder`: keep using the data of an earlier server. `wrapper`: words
   * before the binary, such as prlimit's. Without `isSetUp` there is no owner yet.
   */
  static async start({ options = [], folder, environment = {}, wrapper = [], isSetUp = true } = {}) {
    const server = new Server();
    server.folder = folder ?? mkdtempSync(join(tmpdir(), "soyuz-"));
    server.options = options;
    server.environment = isSetUp ? { ...keeper, ...environment } : environment;
    server.wrapper = wrapper;
    await server.#launch(0);
    return server;
  }

  async #launch(port) {
    this.output = "";
    const [program, ...before] = [...this.wrapper, binary];
    this.process = spawn(
      program,
      [
        ...before,
        "serve",
        "--port",
        String(port),
        "--data",
        join(this.folder, "data"),
        "--uploads",
        join(this.folder, "uploads"),
        ...(this.options.includes("--log-level") ? [] : ["--log-level", "warn"]),
        ...this.options,
      ],
      { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...this.environment } },
    );
    this.exited = new Promise((resolve) => this.process.once("exit", (code, signal) => resolve(code ?? signal)));
    const ready = new Promise((resolve, reject) => {
      const read = (chunk) => {
        this.output += chunk;
        if (/listening on \S+\n/.test(this.output)) resolve();
      };
      this.process.stdout.on("data", read);
      this.process.stderr.on("data", read);
      this.exited.then((code) => reject(new Error(`the server ended with ${code}: ${this.output}`)));
    });
    await ready;
    this.url = this.output.match(/listening on (\S+)/)[1];
    this.port = Number(new URL(this.url).port);
  }

  /** The one-time link, once the server has printed it. */
  async setupLink() {
    for (;;) {
      const found = this.output.match(/https?:\/\/\S*\/setup\?token=[\w-]+/);
      if (found) return found[0];
      await new Promise((resolve) => this.process.stdout.once("data", resolve));
    }
  }

  async stop(signal = "SIGTERM") {
    this.process.kill(signal);
    return this.exited;
  }

  /** The same folder and port again, as after a crash or an update. */
  async restart(signal = "SIGTERM") {
    const code = await this.stop(signal);
    await this.#launch(this.port);
    return code;
  }

  async dispose() {
    if (this.process.exitCode === null && this.process.signalCode === null) await this.stop("SIGKILL");
    rmSync(this.folder, { recursive: true, force: true });
  }
}
