import { startSshd } from './tests/support/sshd.ts';
import { writeFileSync, existsSync } from 'node:fs';
import { spawn } from 'node:child_process';
const sshd = await startSshd();
const d = sshd.directory;
writeFileSync(d+'/kh', sshd.endpoint().hostKeys.map(k=>'target '+k).join('\n')+'\n');
writeFileSync(d+'/cfg', `Host target
  HostName 127.0.0.1
  Port ${sshd.port}
  User root
  HostKeyAlias target
  UserKnownHostsFile ${d}/kh
  GlobalKnownHostsFile /dev/null
  StrictHostKeyChecking yes
  BatchMode yes
  IdentitiesOnly yes
  IdentityFile ${sshd.privateKeyPath}
  ControlPath ${d}/c
  ControlMaster auto
  ControlPersist 3
`);
async function run(args: string[]) { const t=performance.now(); const c = spawn('ssh', ['-F', d+'/cfg', ...args], {stdio:['ignore','pipe','pipe']}); let e='',o=''; c.stderr.on('data',x=>{e+=x}); c.stdout.on('data',x=>{o+=x}); 
 const ex = await new Promise(r=>c.on('exit',r)); const t1=performance.now()-t; console.log(args.join(' '), 'exit', ex, t1.toFixed(0), JSON.stringify(o.slice(0,100)), JSON.stringify(e.slice(0,300)), existsSync(d+'/c')); }
const k = spawn('sleep',['100']);
await run(['-fNT','target']);
await run(['target','echo hi']);
await run(['target','echo hi']);
await run(['-O','exit','target']);
await run(['target','echo hi']);
k.kill();
await sshd.close();
