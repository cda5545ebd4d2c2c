using System.CommandLine;

namespace Kendt.Server.Commands;

internal static class QuestionsCommand
{
    public static Command Make()
    {
        var command = new Command("questions", CommandLine.Help("The eight questions and what the data answer today.", "kendt questions", "kendt questions --json"));
        command.Ask(async (_, gateway, answer, cancel) =>
        {
            var found = await gateway.GetAsync("/v1/questions", cancel);
            if (answer.IsJson) { answer.Json(found); return 0; }
            foreach (var q in found.GetProperty("questions").EnumerateArray())
            {
                answer.Line($"{q.Text("number")}. {q.Text("question")}");
                answer.Line("   " + (q.Text("answer") is { Length: > 0 } text ? text : "Needs " + q.Text("needs")));
            }
            return 0;
        });
        return command;
    }
}
