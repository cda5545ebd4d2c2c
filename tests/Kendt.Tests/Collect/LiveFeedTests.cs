using System.Text;
using CsCheck;
using Kendt.Collect;
using Kendt.Model;
using static Kendt.Tests.Collect.Calls;

namespace Kendt.Tests.Collect;

public sealed class LiveFeedTests
{
    [Fact]
    public void Who_looks_sees_what_comes_from_then_on_with_what_was_refused_and_why()
    {
        var feed = new LiveFeed();
        feed.Put("web", Noon, Items(Track("before"), MessageType.Track));
        using var reader = feed.Open()!;
        feed.Put("web", Noon, Items($$"""{"batch":[{{Track("a")}},{"type":"page","name":"Home","anonymousId":"x"},{"type":"track","userId":"u"},7]}"""));
        feed.Put("shop", Noon, "429: too fast", Encoding.UTF8.GetBytes("{"));
        var (messages, lost) = reader.Read(new());
        Assert.Equal(0, lost);
        Assert.Equal(["web,track,E,", "web,page,Home,", "web,track,,event is missing: a track names what happened.", "web,,,The item is not a JSON object.", "shop,,,429: too fast"],
            messages.Select(m => $"{m.Source},{m.Type},{m.Name},{m.Rejected}"));
        Assert.Empty(reader.Read(new()).Messages);
    }

    [Fact]
    public void A_filter_leaves_out_what_is_not_asked_for()
    {
        var feed = new LiveFeed();
        using var reader = feed.Open()!;
        foreach (var (filter, expected) in new (LiveFilter, string[])[]
        {
            (new(Source: "shop"), ["c"]), (new(Type: "page"), ["b", ""]), (new(Name: "e"), ["a", "b", "c"]), (new(RejectedOnly: true), [""]), (new(Text: "T-17"), ["c"]), (new(Text: "neither"), [""]),
        })
        {
            feed.Put("web", Noon, Items($$"""{"batch":[{{Track("a")}},{"type":"page","name":"Home","userId":"u","messageId":"b"},{"type":"page"}]}"""));
            feed.Put("shop", Noon, Items(Track("c", ",\"properties\":{\"sku\":\"t-17\"}"), MessageType.Track));
            Assert.Equal(expected, reader.Read(filter).Messages.Select(m => Encoding.UTF8.GetString(m.Body.Span) is var body && body.Contains("messageId", StringComparison.Ordinal) ? body.Split("\"messageId\":\"")[1][..1] : ""));
        }
    }

    [Fact]
    public void Whoever_is_slow_loses_the_oldest_and_is_told_how_many() => Gen.Int[1, 700].Array[1, 12].Sample(calls =>
    {
        var feed = new LiveFeed();
        using var slow = feed.Open()!;
        using var quick = feed.Open()!;
        long seen = 0, sent = 0;
        foreach (var size in calls)
        {
            feed.Put("web", Noon, Batch(Enumerable.Range(0, size).Select(n => $"{sent + n}")));
            sent += size;
            var batch = quick.Read(new());
            Assert.Equal(0, batch.Lost);
            seen += batch.Messages.Count;
        }
        Assert.Equal(sent, seen);
        var late = slow.Read(new());
        Assert.Equal(sent, late.Messages.Count + late.Lost);
        Assert.Equal(Math.Min(sent, LiveFeed.Size), late.Messages.Count);
        Assert.Equal(sent - 1, late.Messages[^1].Number);
    }, iter: 60);

    [Fact]
    public void Its_size_is_bounded_and_so_is_the_number_of_readers()
    {
        var feed = new LiveFeed();
        var readers = Enumerable.Range(0, LiveFeed.MostReaders).Select(_ => feed.Open()!).ToList();
        Assert.Null(feed.Open());
        feed.Put("web", Noon, Items(Track("a", $",\"properties\":{{\"x\":\"{new string('x', 30_000)}\"}}"), MessageType.Track));
        var message = Assert.Single(readers[0].Read(new()).Messages);
        Assert.True(message.IsCut);
        Assert.Equal(LiveFeed.MostBody, message.Body.Length);
        Assert.Equal("track", message.Type);
        readers.ForEach(r => r.Dispose());
        readers.ForEach(r => r.Dispose());
        Assert.False(feed.IsWatched);
    }
}
