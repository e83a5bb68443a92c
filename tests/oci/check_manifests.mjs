// SPDX-License-Identifier: BSD-2-Clause
//
// check_manifests: reads a JSON array of objects of Kubernetes from standard input and prints what their
// published schemas say: a JSON array of strings, in that order, "" for each that is right, else the
// reason. The schemas are those of the npm package kubernetes-models, pinned in package-lock.json. To
// be evaluated in the folder where npm has put it.
import { readFileSync } from "node:fs";

async function check(object) {
  try {
    const models = await import(`kubernetes-models/${object.apiVersion}`);
    new models[object.kind](object).validate();
    return "";
  } catch (error) {
    return String(error.message || error);
  }
}

console.log(JSON.stringify(await Promise.all(JSON.parse(readFileSync(0, "utf8")).map(check))));
