using Kendt.Model;
using Kendt.Studio.Data;

namespace Kendt.Studio.Parts;

/// <summary>The colour of a badge.</summary>
public enum Tone { Plain, Good, Warn, Bad, Info }

/// <summary>Which colour a state has, everywhere the same.</summary>
public static class Tones
{
    public static Tone Of(JobState state) => state switch
    {
        JobState.Done => Tone.Good,
        JobState.Running => Tone.Info,
        JobState.Failed => Tone.Bad,
        JobState.Cancelled => Tone.Warn,
        _ => Tone.Plain,
    };

    public static Tone Of(ImportState state) => Of((JobState)state);

    public static Tone Of(DeliveryState state) => Of((JobState)state);

    public static Tone Of(ConsentState state) => state switch
    {
        ConsentState.Granted => Tone.Good,
        ConsentState.Denied => Tone.Bad,
        _ => Tone.Plain,
    };
}
