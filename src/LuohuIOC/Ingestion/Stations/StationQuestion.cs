using System.Buffers;
using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;

namespace LuohuIOC.Ingestion.Stations;

/// <summary>What a station on the line can be asked.</summary>
public enum StationQuestion
{
    /// <summary>The values of now: function 37 of SL 651.</summary>
    Values,

    /// <summary>To set its clock by ours: 4A of SL 651, 1012 of HJ 212, type 90 of GB/T 26875.3.</summary>
    Clock,

    /// <summary>Whether the guard is there: type 91 of GB/T 26875.3.</summary>
    Guard,

    /// <summary>The version of its software: function 45 of SL 651.</summary>
    Version,

    /// <summary>State and alarms: function 46 of SL 651.</summary>
    State,

    /// <summary>The event log's counts: function 50 of SL 651.</summary>
    Events,
}

internal static class StationQuestions
{
    /// <summary>What a protocol has frames for.</summary>
    public static IReadOnlyList<StationQuestion> Of(PayloadForm form) => form switch
    {
        PayloadForm.Sl651 => [StationQuestion.Values, StationQuestion.State, StationQuestion.Version, StationQuestion.Events, StationQuestion.Clock],
        PayloadForm.Hj212 => [StationQuestion.Clock],
        PayloadForm.Gb26875 => [StationQuestion.Guard, StationQuestion.Clock],
        _ => [],
    };

    /// <summary>The frame that asks; null when the protocol has no such question. Centre, password and version are those of the station's last frame.</summary>
    public static byte[]? Write(PayloadForm form, ReadOnlySpan<byte> lastFrame, StationQuestion question, long nowMs) => form switch
    {
        PayloadForm.Sl651 => WriteSl651(lastFrame, question, nowMs),
        PayloadForm.Hj212 => WriteHj212(lastFrame, question, nowMs),
        _ => WriteGb26875(lastFrame, question, nowMs),
    };

    // The serial of a question is the centre's own; the seconds of the day do.
    private static ushort SerialOf(long nowMs) => (ushort)(nowMs / 1000);

    private static byte[]? WriteSl651(ReadOnlySpan<byte> lastFrame, StationQuestion question, long nowMs)
    {
        if (FunctionOf(question) is not { } function || Sl651Frame.TryParse(lastFrame, out var last) != FrameFault.None) return null;
        Span<byte> frame = stackalloc byte[64];
        return frame[..Sl651Writer.Ask(frame, last.Center, last.Station, last.Password, function, SerialOf(nowMs), nowMs, default)].ToArray();
    }

    private static byte? FunctionOf(StationQuestion question) => question switch
    {
        StationQuestion.Values => Sl651Function.QueryNow,
        StationQuestion.Clock => Sl651Function.SetClock,
        StationQuestion.Version => Sl651Function.QueryVersion,
        StationQuestion.State => Sl651Function.QueryState,
        StationQuestion.Events => Sl651Function.EventLog,
        _ => null,
    };

    private static byte[]? WriteHj212(ReadOnlySpan<byte> lastFrame, StationQuestion question, long nowMs)
    {
        if (question != StationQuestion.Clock || Hj212Packet.TryParse(lastFrame, out var last) != FrameFault.None) return null;
        var packet = new ArrayBufferWriter<byte>(256);
        Hj212Writer.SetClock(packet, Text(last.Field("ST"u8)), Text(last.Field("PW"u8)), Text(last.Field("MN"u8)), nowMs);
        return packet.WrittenSpan.ToArray();

        static string Text(ReadOnlySpan<byte> field) => Encoding.ASCII.GetString(field);
    }

    private static byte[]? WriteGb26875(ReadOnlySpan<byte> lastFrame, StationQuestion question, long nowMs)
    {
        if (question is not (StationQuestion.Guard or StationQuestion.Clock) || Gb26875Frame.TryParse(lastFrame, out var last, out _) != FrameFault.None) return null;
        Span<byte> frame = stackalloc byte[64];
        var length = question == StationQuestion.Guard
            ? Gb26875Writer.GuardCheck(frame, SerialOf(nowMs), last.Version, last.Target, last.Source, nowMs, GuardMinutes)
            : Gb26875Writer.SetClock(frame, SerialOf(nowMs), last.Version, last.Target, last.Source, nowMs);
        return frame[..length].ToArray();
    }

    // A guard on a round is back at the panel within this.
    private const byte GuardMinutes = 10;
}
