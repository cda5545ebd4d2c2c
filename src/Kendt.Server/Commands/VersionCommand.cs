using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;

namespace Kendt.Server.Commands;

internal static class VersionCommand
{
    /// <summary>The version of this build.</summary>
    public static string Version { get; } = typeof(VersionCommand).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion.Split('+')[0] ?? "0";

    public static Command Make()
    {
        var command = new Command("version", CommandLine.Help("Print the version.", "kendt version"));
        command.SetAction(parse =>
        {
            var output = parse.InvocationConfiguration.Output;
            output.WriteLine(parse.GetValue(CommandLine.Json) ? $$"""{"version":"{{Version}}","runtime":"{{RuntimeInformation.FrameworkDescription}}"}""" : $"kendt {Version} ({RuntimeInformation.FrameworkDescription})");
            return 0;
        });
        return command;
    }
}
