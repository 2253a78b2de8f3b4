import { startSshd } from './tests/support/sshd.ts';
import { createSshHost } from './packages/server/src/ssh/pooled-ssh-host.ts';
import { createSshShell } from './packages/server/src/execution/ssh-shell.ts';
const t0=performance.now(); const lap=(n:string)=>{console.log((performance.now()-t0).toFixed(0), n);};
const sshd = await startSshd({config:['MaxSessions 1']}); lap('start');
const host = createSshHost(sshd.endpoint(), {limits:{connections:1}, onState: (s)=>lap(JSON.stringify(s))});
const shell = createSshShell(host);
const c = new AbortController();
const w = process.argv[2] ? shell.watch(sshd.directory+'/w', ()=>{}, c.signal) : null;
for (let i=0;i<3;i++) { await shell.run({script:'echo hi'},{timeoutMs:5000}); lap('run'); await host.withSftp(async s=>{ await s.stat(Buffer.from('/')); }); lap('sftp'); }
c.abort(); await w;
await host.close(); await sshd.close();
