using System.CommandLine;

namespace Kendt.Server.Commands;

internal static class CheckCommand
{
    public static Command Make()
    {
        var command = new Command("check", CommandLine.Help("Look whether the workspace is whole: files, tables, backlog, disk. Status 1 if something is wrong.", "kendt check", "kendt check --data /srv/kendt --json"));
        command.Ask(async (_, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/check", cancel);
            var checks = found.GetProperty("checks");
            if (answer.IsJson) answer.Json(found);
            else answer.Table(["check", "", "seen"], checks.EnumerateArray().Select(c => (IReadOnlyList<string>)[c.Text("name"), c.GetProperty("ok").GetBoolean() ? "ok" : "WRONG", c.Text("seen")]));
            return found.GetProperty("ok").GetBoolean() ? 0 : 1;
        });
        return command;
    }
}
