using System.Collections.Concurrent;
using Kendt.Segments;

namespace Kendt.Server;

/// <summary>
/// Answers that take a while. Who asks what is being worked on waits for the same answer, and what took long is kept for a few minutes
/// with its moment. Work goes on when who asked has gone, so that who comes back finds it; it is done one at a time, questions about
/// everybody in a line of their own, so that they hold nobody up.
/// </summary>
public sealed class InsightAnswers(Catalogue catalogue, Profiles.Measures measures, TimeProvider time, IHostApplicationLifetime life) : IDisposable
{
    private const int Most = 100;
    private static readonly TimeSpan Long = TimeSpan.FromSeconds(1), Kept = TimeSpan.FromMinutes(10);

    private readonly ConcurrentDictionary<string, Lazy<Task<Answer>>> _answers = new(StringComparer.Ordinal);
    private readonly SemaphoreSlim _few = new(1), _all = new(1);

    private sealed record Answer(object Value, DateTimeOffset AsOf, TimeSpan Took);

    /// <summary>The answer to a question, as of now or of a few minutes ago.</summary>
    /// <param name="question">All that the answer depends on, but the data, segments and measures.</param>
    /// <param name="exact">Everybody is looked at.</param>
    public async Task<T> OfAsync<T>(string question, bool exact, Func<DateTimeOffset, CancellationToken, Task<T>> work, CancellationToken cancel) where T : class
    {
        // A segment or measure that is changed makes it another question.
        var (segments, figures) = (await catalogue.ListAsync(cancel), await measures.ListAsync(cancel));
        var key = string.Join('\n', [question, exact ? "exact" : "", .. segments.Select(s => $"{s.Name} {Model.Filters.FilterWriter.Write(s.Rule)}"), .. figures.Select(m => $"{m.Name} {m.Level} {Model.Measures.MeasureJson.Write(m.Measure)}")]);
        foreach (var (old, kept) in _answers)
            if (kept is { IsValueCreated: true, Value.IsCompleted: true } && (!kept.Value.IsCompletedSuccessfully || !Stands(await kept.Value) || _answers.Count > Most)) _answers.TryRemove(new(old, kept));
        var answer = await _answers.GetOrAdd(key, _ => new(() => WorkAsync(exact ? _all : _few, work))).Value.WaitAsync(cancel);
        return (T)answer.Value;
    }

    public void Dispose()
    {
        _few.Dispose();
        _all.Dispose();
    }

    private bool Stands(Answer answer) => answer.Took >= Long && time.GetUtcNow() - answer.AsOf < Kept;

    private async Task<Answer> WorkAsync<T>(SemaphoreSlim line, Func<DateTimeOffset, CancellationToken, Task<T>> work) where T : class
    {
        await line.WaitAsync(life.ApplicationStopping);
        try
        {
            var asOf = time.GetUtcNow();
            var begun = time.GetTimestamp();
            return new(await work(asOf, life.ApplicationStopping), asOf, time.GetElapsedTime(begun));
        }
        finally
        {
            line.Release();
        }
    }
}
