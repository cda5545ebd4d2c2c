using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Text;
using System.Text.Json;
using Kendt.Collect;
using Kendt.Govern;
using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Server.StudioData;

/// <summary>The live feed as Studio shows it: a few times a second, the newest, to each what their role may see.</summary>
public sealed class LiveData(LiveFeed feed, TimeProvider time) : ILiveReader
{
    private const int MostRows = 100;

    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(300);

    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true, Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public async IAsyncEnumerable<LiveRows> WatchAsync(LiveFilter filter, ClaimsPrincipal who, [EnumeratorCancellation] CancellationToken cancel)
    {
        var hides = !who.May(Permission.SeeContactDetails);
        using var reader = feed.Open() ?? throw new CannotException($"{LiveFeed.MostReaders} people look on already. Try again when one has left.");
        while (!cancel.IsCancellationRequested)
        {
            var (messages, lost) = reader.Read(hides ? filter with { Text = null } : filter);
            var shown = messages.TakeLast(MostRows).Select(message => Row(message, hides));
            // What is hidden cannot be searched for: who asks for an address must not learn that it came.
            if (hides && !string.IsNullOrEmpty(filter.Text)) shown = shown.Where(row => row.Body.Contains(filter.Text, StringComparison.OrdinalIgnoreCase) || (row.Rejected?.Contains(filter.Text, StringComparison.OrdinalIgnoreCase) ?? false));
            yield return new([.. shown], lost + Math.Max(0, messages.Count - MostRows));
            await Task.Delay(Look, time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private static LiveRow Row(LiveMessage message, bool hides) =>
        new(message.Number, message.At, message.Source, message.Type, message.Name, message.Rejected, Body(hides ? Encoding.UTF8.GetBytes(PersonalData.Hide(message.Body)) : message.Body), message.IsCut);

    private static string Body(ReadOnlyMemory<byte> json)
    {
        try
        {
            return JsonSerializer.Serialize(JsonElement.Parse(json.Span), Indented);
        }
        catch (Exception fault) when (fault is JsonException or InvalidOperationException)
        {
            return Encoding.UTF8.GetString(json.Span);
        }
    }
}
