using Kendt.Govern;
using Kendt.Server.Security;
using Kendt.Studio.Data;
using Kendt.Studio.Texts;

namespace Kendt.Server.Api;

/// <summary>The eight questions, worded as Studio words them.</summary>
internal static class QuestionApi
{
    public static IEndpointRouteBuilder MapQuestions(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/v1/questions", async (ITodayReader today, AnswerWords words, CancellationToken cancel) =>
        {
            var answers = await today.AnswersAsync(cancel);
            return Results.Ok(new { questions = Enum.GetValues<Question>().Select((q, i) => Shown(i + 1, q, answers.FirstOrDefault(a => a.Question == q), words)) });
        }).WithTags("Questions").NeedsScope(Scopes.ReportsRead).WithSummary("The eight questions and what the data answer today");
        return routes;
    }

    private static object Shown(int number, Question question, Answer? answer, AnswerWords words) => answer is Answered found
        ? new { number, question = words.Question(question), answer = words.Finding(found), figures = found.Figures.Select(words.Figure), needs = "", items = found.Bars.Select(b => new { label = words.Label(b.Label), value = words.Figure(b.Value), link = b.Link }), asOf = (DateTimeOffset?)found.AsOf }
        : new { number, question = words.Question(question), answer = "", figures = Enumerable.Empty<string>(), needs = words.Need((answer as Needs)?.Need ?? AnswerWords.Otherwise(question)), items = Enumerable.Empty<string>().Select(_ => new { label = "", value = "", link = (string?)null }), asOf = (DateTimeOffset?)null };
}
