using System.Buffers;
using System.Text;
using System.Text.Json;
using CsCheck;
using Kendt.Collect;

namespace Kendt.Tests.Collect;

public sealed class PlainJsonTests
{
    private static readonly string[] Words = ["\"a\"", "\"b\"", "\"\"", "\"æ 😀, x: {}\"", "\"a\\u0062\"", "\"long name with spaces\"", "1", "-0.50", "12e3", "1e999", "true", "null", "[]", "{}"];

    private static string Written(string json)
    {
        var bytes = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(bytes, JsonWords.Writing)) JsonWords.Write(writer, JsonElement.Parse(json));
        return Encoding.UTF8.GetString(bytes.WrittenSpan);
    }

    private static Gen<string> Value(int depth) => depth == 0
        ? Gen.Int[0, Words.Length - 1].Select(i => Words[i])
        : Gen.Int[0, 4].SelectMany(kind => kind switch
        {
            0 => Gen.Select(Gen.Int[0, 5].Select(i => Words[i]), Value(depth - 1)).Array[0, 4].Select(members => "{" + string.Join(',', members.Select(m => m.Item1 + ":" + m.Item2)) + "}"),
            1 => Value(depth - 1).Array[0, 3].Select(items => "[" + string.Join(',', items) + "]"),
            2 => Gen.Select(Value(depth - 1), Gen.Int[0, 9]).Select((inner, spaced) => spaced > 0 ? inner : "[ " + inner + "\n,{\"a\" :1}]"),
            _ => Value(depth - 1),
        });

    [Fact]
    public void What_is_plain_is_what_would_be_written_anew()
    {
        var plain = 0;
        Value(4).Sample(json =>
        {
            if (!PlainJson.Is(Encoding.UTF8.GetBytes(json))) return true;
            Interlocked.Increment(ref plain);
            return JsonElement.DeepEquals(JsonElement.Parse(Written(json)), JsonElement.Parse(json));
        }, iter: 3000, seed: "0000KaQ0xRE4");
        Assert.True(plain > 300);
    }

    [Theory]
    [InlineData("""{"path":"/products","title":"A shop, for shoes: yes","n":[1,2.5,{"x":null}],"o":{}}""", true)]
    [InlineData("""{"a":{"x":1},"b":{"x":1}}""", true)]
    [InlineData("\"text\"", true)]
    [InlineData("""{"a":1,"a":2}""", false)]
    [InlineData("""{"a":{"b":1,"c":[{"d":1},{"d":1,"d":2}]}}""", false)]
    [InlineData("""{"a": 1}""", false)]
    [InlineData("""{ "a":1}""", false)]
    [InlineData("[1,\n2]", false)]
    [InlineData("""{"a":"\n"}""", false)]
    [InlineData("1e5", false)]
    public void Spaces_escapes_exponents_and_names_said_twice_are_not(string json, bool isPlain) => Assert.Equal(isPlain, PlainJson.Is(Encoding.UTF8.GetBytes(json)));
}
