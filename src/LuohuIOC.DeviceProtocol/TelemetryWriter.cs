using System.Buffers;
using System.Globalization;
using System.Text;

namespace LuohuIOC.DeviceProtocol;

/// <summary>
/// Encodes telemetry payloads straight into UTF-8, for the simulator and load sources: no allocation, no escaping,
/// because the contract's ids and metric names need none. One object encodes payload after payload.
/// <code>
/// writer.Sensor("outfall-001"); writer.Reading(1732262400000, 17); writer.Value("level", 0.312); writer.End();
/// >> {"outfall-001":[{"ts":1732262400000,"seq":17,"values":{"level":0.312}}]}
/// </code>
/// Without <see cref="Sensor"/> the payload is that of a sensor's own topic, an array of readings.
/// </summary>
public sealed class TelemetryWriter(IBufferWriter<byte> output)
{
    // -1.7976931348623157E+308 is 24 characters, the longest number there is.
    private const int NumberBytesMax = 32;

    private Level _level = Level.Nothing;
    private bool _ofGateway;
    private bool _first;

    private enum Level
    {
        Nothing,
        Payload,
        Sensor,
        Reading,
    }

    /// <summary>Readings of this sensor follow, in a gateway's payload. The same sensor may come again.</summary>
    /// <exception cref="ArgumentException">The id is not 1–64 characters of letters, digits, <c>. _ : -</c>.</exception>
    public void Sensor(string id)
    {
        if (!Topic.IsId(id)) throw new ArgumentException($"The contract does not allow '{id}' as a sensor id.", nameof(id));
        if (_level != Level.Nothing && !_ofGateway) throw new InvalidOperationException("A sensor's own payload names no sensors.");
        Close(Level.Payload);
        if (_level == Level.Nothing) Put("{\""u8);
        else Put(",\""u8);
        _ofGateway = true;
        PutAscii(id);
        Put("\":["u8);
        _level = Level.Sensor;
        _first = true;
    }

    /// <summary>A reading follows; give it at least one value.</summary>
    /// <param name="tsMs">Device time, Unix milliseconds.</param>
    /// <param name="sequence">0 to <see cref="TelemetryReader.SequenceMax"/>, or <see cref="TelemetryReader.NoSequence"/>.</param>
    public void Reading(long tsMs, long sequence = TelemetryReader.NoSequence)
    {
        Close(Level.Sensor);
        if (_level == Level.Nothing)
        {
            Put("["u8);
            _level = Level.Sensor;
            _ofGateway = false;
            _first = true;
        }
        Put(_first ? "{\"ts\":"u8 : ",{\"ts\":"u8);
        Put(tsMs);
        if (sequence != TelemetryReader.NoSequence)
        {
            Put(",\"seq\":"u8);
            Put(sequence);
        }
        Put(",\"values\":{"u8);
        _level = Level.Reading;
        _first = true;
    }

    /// <summary>One metric of the reading. NaN means not measured and leaves the metric out.</summary>
    /// <exception cref="ArgumentException">The name is not lower snake case, or the value is infinite.</exception>
    public void Value(string metric, double value)
    {
        if (_level != Level.Reading) throw new InvalidOperationException("Begin a reading first.");
        if (double.IsInfinity(value)) throw new ArgumentException($"The value of '{metric}' is infinite.", nameof(value));
        if (double.IsNaN(value)) return;
        PutName(metric);
        // 1.5, -0, 1E+16: the shortest form that reads back as the same double, each of them a JSON number
        value.TryFormat(output.GetSpan(NumberBytesMax), out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
        _first = false;
    }

    /// <summary>The reading's values of these metrics are none that the device stands for. Behind the values; the reading is complete with it.</summary>
    public void Bad(IReadOnlyList<string> metrics)
    {
        if (_level != Level.Reading) throw new InvalidOperationException("Begin a reading first.");
        if (metrics.Count == 0) return;
        Put("},\"bad\":["u8);
        for (var i = 0; i < metrics.Count; i++)
        {
            Put(i == 0 ? "\""u8 : ",\""u8);
            PutAscii(metrics[i]);
            Put("\""u8);
        }
        // What closes a reading closes its values, too.
        Put("]}"u8);
        _level = Level.Sensor;
        _first = false;
    }

    /// <summary>Completes the payload; the next call begins another. A payload with nothing in it is <c>{}</c>.</summary>
    public void End()
    {
        if (_level == Level.Nothing) Put("{}"u8);
        else if (_ofGateway) Close(Level.Payload);
        else Close(Level.Sensor);
        if (_level == Level.Payload) Put("}"u8);
        else if (_level == Level.Sensor) Put("]"u8);
        _level = Level.Nothing;
        _ofGateway = false;
    }

    // Closes what is open inside the given level.
    private void Close(Level until)
    {
        if (_level == Level.Reading && until < Level.Reading)
        {
            Put("}}"u8);
            _level = Level.Sensor;
            _first = false;
        }
        if (_level == Level.Sensor && until < Level.Sensor)
        {
            Put("]"u8);
            _level = Level.Payload;
        }
    }

    private void Put(ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(output.GetSpan(bytes.Length));
        output.Advance(bytes.Length);
    }

    private void Put(long number)
    {
        number.TryFormat(output.GetSpan(NumberBytesMax), out var length, default, CultureInfo.InvariantCulture);
        output.Advance(length);
    }

    private void PutAscii(string ascii)
    {
        Ascii.FromUtf16(ascii, output.GetSpan(ascii.Length), out var length);
        output.Advance(length);
    }

    // ,"level": — checked where it lies and only then advanced over, so that a refused name leaves no trace.
    private void PutName(string metric)
    {
        var span = output.GetSpan(metric.Length + 4);
        var start = 0;
        if (!_first) span[start++] = (byte)',';
        span[start++] = (byte)'"';
        if (Ascii.FromUtf16(metric, span[start..], out var length) != OperationStatus.Done || !Topic.IsMetricName(span.Slice(start, length)))
            throw new ArgumentException($"The contract does not allow '{metric}' as a metric.", nameof(metric));
        span[start + length] = (byte)'"';
        span[start + length + 1] = (byte)':';
        output.Advance(start + length + 2);
    }
}
