using LuohuIOC.DeviceProtocol;
using LuohuIOC.DeviceProtocol.Frames;
using LuohuIOC.DeviceProtocol.Gb26875;
using LuohuIOC.DeviceProtocol.Hj212;
using LuohuIOC.DeviceProtocol.Sl651;
using LuohuIOC.Texts;

namespace LuohuIOC.Ingestion.Rejections;

/// <summary>What is wrong with a refused national frame, and where, as far as the first bytes of it say that were kept.</summary>
internal static class FrameFaultText
{
    /// <summary>Null when no more can be said than the reason does.</summary>
    public static string? Of(Rejection rejection, string language)
    {
        ReadOnlySpan<byte> first = rejection.FirstBytes;
        var isWhole = first.Length >= rejection.PayloadBytes;
        var form = FormOf(rejection.Topic);
        var finding = form switch
        {
            PayloadForm.Hj212 => Hj212Diagnosis.Of(first, isWhole),
            PayloadForm.Sl651 => Sl651Diagnosis.Of(first, isWhole),
            PayloadForm.Gb26875 => Gb26875Diagnosis.Of(first, isWhole),
            _ => null,
        };
        if (finding is null) return null;
        // What the check value covers differs from one protocol to the next.
        var covered = finding.Code is "check" or "check.swapped" or "check.other" ? [TextBook.Get(language, $"rejection.frame.{form.WireName()}.covered")] : Array.Empty<object>();
        return TextBook.Get(language, $"rejection.frame.{finding.Code}", [.. finding.Arguments, .. covered]);
    }

    // luohu/v1/gw-1/river-001/raw/sl651, tcp/hj212/127.0.0.1:50000
    private static PayloadForm FormOf(string topic)
    {
        var levels = topic.Split('/');
        return levels is ["tcp", var station, ..] && PayloadForms.TryParseRaw(station, out var form) ? form
            : levels is [.., "raw", var raw] && PayloadForms.TryParseRaw(raw, out form) ? form : PayloadForm.Json;
    }
}
