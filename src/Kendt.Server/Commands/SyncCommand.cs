using System.CommandLine;
using System.Text.Json;
using Kendt.Model;
using Kendt.Server.Host;

namespace Kendt.Server.Commands;

internal static class SyncCommand
{
    public static Command Make()
    {
        var name = new Argument<string?>("NAME") { Description = "A source that is a table; left out: show them all", Arity = ArgumentArity.ZeroOrOne };
        var full = new Option<bool>("--full") { Description = "Read everything again, from the beginning" };
        var command = new Command("sync", CommandLine.Help("Take in what is new in a table. Ends when profiles are up to date.", "kendt sync", "kendt sync crm", "kendt sync crm --full")).With(name, full);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            if (parse.GetValue(name) is not { } source)
            {
                var tables = await gateway.GetAsync("/v1/tables", cancel);
                if (answer.IsJson) answer.Json(tables);
                else answer.Table(["source", "reads", "cursor", "position", "rows", "ended", "error"], tables.EnumerateArray().Select(t => (IReadOnlyList<string>)[
                    t.Text("source"), t.Text("table") is { Length: > 0 } table ? table : "a query", t.Text("cursor"), t.Text("position"), t.Text("rows"), t.Text("endedAt"), t.Text("error")]));
                return 0;
            }
            using var request = new HttpRequestMessage(HttpMethod.Post, $"/v1/tables/{Uri.EscapeDataString(source)}/sync" + (parse.GetValue(full) ? "?full=true" : ""));
            var job = await gateway.SendAsync(request, cancel);
            var ended = await JobProgressLine.FollowAsync(gateway.Client, job.Text("id"), parse.InvocationConfiguration.Error, cancel);
            if (answer.IsJson) answer.Json(ended);
            else answer.Line($"{source}: {ended.GetProperty("steps")[0].Text("note")}");
            return ended.Text("state") == "done" ? 0 : throw (ended.Text("state") == "failed" ? new BadInputException(ended.Text("error")) : new CannotException("The sync was stopped."));
        });
        return command;
    }

    /// <summary>Keeps a table file, for the command that adds sources.</summary>
    public static async Task<JsonElement> PutAsync(Gateway gateway, string name, FileInfo file, FileInfo? connection, CancellationToken cancel)
    {
        var yaml = await SegmentCommand.ReadAsync(file, cancel);
        var setup = Kendt.Collect.TableSetup.Parse(yaml);
        if (setup.Source != name) throw new BadInputException($"The mapping in the table file is for the source '{setup.Source}', not '{name}'. Change one of the two.");
        return await gateway.PutAsync("/v1/tables", new { yaml, connection = connection is null ? null : await SegmentCommand.ReadAsync(connection, cancel) }, cancel);
    }
}
