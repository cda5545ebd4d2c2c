using System.CommandLine;
using Kendt.Model;

namespace Kendt.Server.Commands;

internal static class PlanCommand
{
    private static readonly Option<string?> Source = new("--source") { Description = "The source", HelpName = "NAME" };
    private static readonly Argument<string> Name = new("NAME") { Description = "The plan's name" };
    private static readonly Argument<FileInfo> File = new("FILE") { Description = "A plan, YAML or JSON" };

    public static Command Make() => new("plan", "Tracking plans: what the messages of a source look like") { List(), Show(), Set(), Check(), Infer(), Violations(), Remove() };

    private static Command List()
    {
        var command = new Command("list", CommandLine.Help("Show the plans.", "kendt plan list"));
        command.Ask(async (_, gateway, answer, cancel) =>
        {
            var plans = await gateway.GetAsync("/v1/plans", cancel);
            if (answer.IsJson) answer.Json(plans);
            else answer.Table(["plan", "mode", "unplanned", "unknown", "sources"], plans.EnumerateArray().Select(p => (IReadOnlyList<string>)[p.Text("name"), p.Text("mode"), p.Text("unplanned"), p.Text("unknown"), string.Join(", ", p.GetProperty("sources").EnumerateArray())]));
            return 0;
        });
        return command;
    }

    private static Command Show()
    {
        var command = new Command("show", CommandLine.Help("Print a plan as it is kept.", "kendt plan show webshop > webshop-plan.yaml")).With(Name);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var plan = await gateway.GetAsync("/v1/plans/" + Uri.EscapeDataString(parse.GetValue(Name)!), cancel);
            if (answer.IsJson) answer.Json(plan);
            else await answer.Output.WriteAsync(plan.Text("yaml"));
            return 0;
        });
        return command;
    }

    private static Command Set()
    {
        var command = new Command("set", CommandLine.Help("Keep a plan; it holds for what comes from now on.", "kendt plan set webshop-plan.yaml")).With(File);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            using var request = new HttpRequestMessage(HttpMethod.Put, "/v1/plans") { Content = new StringContent(await SegmentCommand.ReadAsync(parse.GetValue(File)!, cancel)) };
            answer.Json(await gateway.SendAsync(request, cancel));
            return 0;
        });
        return command;
    }

    private static Command Check()
    {
        var messages = new Option<FileInfo?>("--messages") { Description = "Messages to hold against it, one a line", HelpName = "FILE.ndjson" };
        var command = new Command("check", CommandLine.Help("Whether a file is a plan, and what it would say of messages. Nothing is kept.", "kendt plan check webshop-plan.yaml", "kendt plan check webshop-plan.yaml --messages yesterday.ndjson")).With(File, messages);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var plan = await SegmentCommand.ReadAsync(parse.GetValue(File)!, cancel);
            var given = parse.GetValue(messages) is { } file ? await SegmentCommand.ReadAsync(file, cancel) : null;
            var said = await gateway.PostAsync("/v1/plans/check", new { plan, messages = given }, cancel);
            if (answer.IsJson) answer.Json(said);
            else
            {
                answer.Line("The plan is well formed.");
                foreach (var message in said.GetProperty("messages").EnumerateArray())
                {
                    foreach (var reason in message.GetProperty("refused").EnumerateArray()) answer.Line($"line {message.Text("line")}: {reason}");
                }
            }
            return said.GetProperty("messages").EnumerateArray().Any(m => m.GetProperty("refused").GetArrayLength() > 0) ? 1 : 0;
        });
        return command;
    }

    private static Command Infer()
    {
        var command = new Command("infer", CommandLine.Help("Print a plan made from what a source has sent, to begin with.", "kendt plan infer --source webshop > webshop-plan.yaml")).With(Source);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var source = parse.GetValue(Source) ?? throw new BadInputException("Name the source with --source NAME.");
            var made = await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Post, "/v1/plans/infer" + SegmentCommand.Query(("source", source))), cancel);
            if (answer.IsJson) answer.Json(made);
            else await answer.Output.WriteAsync(made.Text("plan"));
            return 0;
        });
        return command;
    }

    private static Command Violations()
    {
        var name = new Option<string?>("--event") { Description = "Only of this event", HelpName = "NAME" };
        var days = new Option<int>("--days") { Description = "How many days back", DefaultValueFactory = _ => 30 };
        var command = new Command("violations", CommandLine.Help("Show what was sent against the plans, by day.", "kendt plan violations --source webshop --days 7")).With(Source, name, days);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/plans/violations" + SegmentCommand.Query(("source", parse.GetValue(Source)), ("event", parse.GetValue(name)), ("days", $"{parse.GetValue(days)}")), cancel);
            if (answer.IsJson) answer.Json(found);
            else answer.Table(["day", "times", "source", "event", "rule", "field"], found.EnumerateArray().Select(v => (IReadOnlyList<string>)[v.Text("day"), v.Text("times"), v.Text("source"), v.Text("event"), v.Text("rule"), v.Text("field")]));
            return 0;
        });
        return command;
    }

    private static Command Remove()
    {
        var command = new Command("remove", CommandLine.Help("Remove a plan: its sources are held against nothing from then on.", "kendt plan remove webshop")).With(Name);
        command.Ask(async (parse, gateway, answer, cancel) =>
        {
            answer.Json(await gateway.SendAsync(new HttpRequestMessage(HttpMethod.Delete, "/v1/plans/" + Uri.EscapeDataString(parse.GetValue(Name)!)), cancel));
            return 0;
        });
        return command;
    }
}
