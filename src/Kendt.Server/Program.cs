using System.Globalization;
using System.Runtime.InteropServices;
using Kendt.Server.Commands;
using Kendt.Server.Host;

CultureInfo.DefaultThreadCurrentCulture = CultureInfo.CurrentCulture = CultureInfo.InvariantCulture;
using var stop = new CancellationTokenSource();
void Stop(PosixSignalContext signal)
{
    signal.Cancel = true;
    stop.Cancel();
}
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
ProcessMemory.Begin();
return await CommandLine.RunAsync(args, Console.Out, Console.Error, stop.Token);
