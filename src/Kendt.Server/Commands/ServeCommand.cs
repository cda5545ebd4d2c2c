using System.CommandLine;
using Kendt.Model;
using Kendt.Server.Host;

namespace Kendt.Server.Commands;

internal static class ServeCommand
{
    public static Command Make()
    {
        var port = new Option<int>("--port") { Description = "Port to listen on", HelpName = "N", DefaultValueFactory = _ => new KendtOptions().Port };
        var command = new Command("serve", CommandLine.Help("Open the workspace: Studio, the API and the doors that data comes through.", "kendt serve", "kendt serve --data /srv/kendt --port 8080")).With(port);
        command.SetAction(async (parse, cancel) =>
        {
            var options = (CommandLine.Options(parse) with { Port = parse.GetValue(port) }).Validated();
            var held = WorkspaceLock.TryTake(options.Folder);
            if (held is null)
            {
                var other = await WorkspaceLock.FindAsync(options.Folder, cancel);
                throw new CannotException($"The workspace '{options.Folder}' is already served at {other.Address} (process {other.ProcessId}).");
            }
            await using var host = await KendtHost.StartAsync(options, held, HostKind.Server, cancel);
            await parse.InvocationConfiguration.Output.WriteLineAsync($"Kendt serves {options.Folder} at {host.Server.Address}");
            await parse.InvocationConfiguration.Output.WriteLineAsync($"Sign in: {await host.SignInLinkAsync(cancel)}");
            await host.WaitForStopAsync(cancel);
            return 0;
        });
        return command;
    }
}
