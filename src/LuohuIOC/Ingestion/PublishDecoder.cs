using System.Text;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Frames;
using LuohuIOC.Ingestion.Journal;
using LuohuIOC.Registry;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Ingestion;

/// <summary>Decodes publishes to readings: fresh ones from the broker and, after a restart or an outage, those in the journal again.</summary>
public sealed class PublishDecoder(SensorRegistry registry, FrameMetrics metrics, IOptions<RegistrationOptions> options)
{
    /// <summary>
    /// Decodes one telemetry payload. Readings go to <paramref name="into"/>, what is refused of it to <paramref name="refusals"/>.
    /// </summary>
    /// <param name="form">What the payload is written in.</param>
    /// <param name="gateway">The gateway whose sensors these must be.</param>
    /// <param name="sensor">The topic's sensor; empty when the payload names them.</param>
    /// <param name="payload">JSON in UTF-8, or frames.</param>
    /// <param name="receivedMs">Unix ms.</param>
    /// <param name="into">Readings are added here.</param>
    /// <param name="refusals">Refused parts are added here.</param>
    /// <returns>Why the payload is refused whole; then nothing was added to either.</returns>
    public RejectionReason Decode(
        PayloadForm form, string gateway, ReadOnlySpan<byte> sensor, ReadOnlySpan<byte> payload, long receivedMs, ReadingGroup into, List<Refusal> refusals) =>
        Decode(form, new DecodeSink(registry, options.Value.AutoRegister, gateway, into, refusals, receivedMs), sensor, payload, into, refusals);

    private RejectionReason Decode(
        PayloadForm form, DecodeSink sink, ReadOnlySpan<byte> sensor, ReadOnlySpan<byte> payload, ReadingGroup into, List<Refusal> refusals)
    {
        var readingsBefore = into.Count;
        var refusalsBefore = refusals.Count;
        while (true)
        {
            var reading = sink;
            var refused = Read(form, ref reading, sensor, payload);
            if (refused == RejectionReason.None && !reading.HasNewcomers) return refused;
            while (into.Count > readingsBefore) into.RemoveLast();
            refusals.RemoveRange(refusalsBefore, refusals.Count - refusalsBefore);
            if (refused != RejectionReason.None) return refused;
            // Once in a sensor's life: whom to admit is known at the end of the payload only.
            reading.Admit();
        }
    }

    private RejectionReason Read(PayloadForm form, ref DecodeSink sink, ReadOnlySpan<byte> sensor, ReadOnlySpan<byte> payload)
    {
        if (sensor.IsEmpty) return TelemetryReader.ReadGateway(payload, ref sink);
        if (!sink.BeginSensor(sensor)) return RejectionReason.None;
        return form == PayloadForm.Json ? TelemetryReader.ReadSensor(payload, ref sink) : FrameDecoder.Read(form, payload, metrics, ref sink);
    }

    /// <summary>Decodes the body of a journal record again, with the marks that were saved for it.</summary>
    public ReadingGroup DecodeGroup(PublishJournal journal, long position, ReadOnlySpan<byte> body)
    {
        var group = new ReadingGroup { Position = position };
        var refusals = new List<Refusal>();
        while (PublishFrame.TryTake(ref body, out var frame))
        {
            if (frame.Share == PublishShare.Held) continue;
            var isWhole = frame.Share == PublishShare.Whole;
            var sink = new DecodeSink(
                registry, options.Value.AutoRegister || isWhole, Encoding.ASCII.GetString(frame.Gateway), group, refusals, frame.ReceivedMs, isWhole);
            Decode(frame.Form, sink, frame.Sensor, frame.Payload, group, refusals);
        }
        journal.ApplyMarks(group);
        return group;
    }
}

/// <summary>Section <c>Registry</c>, as far as ingestion needs it.</summary>
public sealed class RegistrationOptions
{
    /// <summary>True admits unknown sensors as kind <c>generic</c> under the gateway that published first. Default false.</summary>
    public bool AutoRegister { get; set; }
}
