// Builds the client and the page. The argument is the folder that gets the page's files, each also compressed.
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { gzipSync } from "node:zlib";

const here = dirname(fileURLToPath(import.meta.url));
const client = resolve(here, "../clients/typescript");
const target = resolve(process.argv[2]);

/** What `npm ci` installed, as far as the lock file has it: a lock file has packages of other systems too. */
function isInstalled(folder) {
  const record = `${folder}/node_modules/.package-lock.json`;
  if (!existsSync(record)) {
    return false;
  }
  const { packages: locked } = JSON.parse(readFileSync(`${folder}/package-lock.json`, "utf8"));
  const { packages: installed } = JSON.parse(readFileSync(record, "utf8"));
  return Object.entries(locked).every(
    ([name, { integrity, optional }]) => name === "" || (optional && !(name in installed)) || installed[name]?.integrity === integrity,
  );
}

function install(folder) {
  if (!isInstalled(folder)) {
    execFileSync("npm", ["ci", "--prefix", folder, "--ignore-scripts", "--no-audit", "--no-fund"], { stdio: "inherit" });
  }
}

install(client);
install(here);
execFileSync(process.execPath, [`${client}/build.mjs`], { stdio: "inherit" });
execFileSync(process.execPath, [`${here}/node_modules/typescript/bin/tsc`, "--project", here], { stdio: "inherit" });

rmSync(target, { recursive: true, force: true });
mkdirSync(target, { recursive: true });
const { build } = await import("esbuild");
await build({
  entryPoints: { app: `${here}/src/main.ts`, try: `${here}/src/try.ts`, style: `${here}/src/style.css` },
  outdir: target,
  alias: { "@quarry/client": `${client}/dist/index.js` },
  bundle: true,
  minify: true,
  format: "esm",
  target: "es2022",
  legalComments: "eof",
  logLevel: "warning",
});
cpSync(`${here}/static`, target, { recursive: true });
cpSync(`${client}/dist/openapi.json`, `${target}/openapi.json`);
for (const file of ["swagger-ui-bundle.js", "swagger-ui.css"]) {
  const text = readFileSync(`${here}/node_modules/swagger-ui-dist/${file}`, "utf8");
  writeFileSync(`${target}/${file}`, text.replace(/\n\/[/*]# sourceMappingURL=.*/, ""));
}
for (const file of readdirSync(target)) {
  writeFileSync(`${target}/${file}.gz`, gzipSync(readFileSync(`${target}/${file}`), { level: 9 }));
}
