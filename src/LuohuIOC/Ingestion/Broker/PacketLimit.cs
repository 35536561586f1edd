using System.Buffers;
using System.IO.Pipelines;
using LuohuIOC.DeviceProtocol;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// Ends a connection that announces a packet larger than <see cref="MqttOptions.PacketBytesMax"/>, or as its first one larger than
/// <see cref="Newcomers.FirstPacketBytesMax"/>, before its bytes are gathered: otherwise anyone who can reach the port could make the broker hold 256 MiB a
/// connection without showing a secret. Ends one that is closed within a packet, or begins one with a length that is none, too: the broker reads on and on for either.
/// </summary>
internal sealed class PacketLimit(IOptions<MqttOptions> options, BrokerEvents broker, Newcomers newcomers, RefusedConnections refused, TimeProvider time, ILogger<PacketLimit> log)
{
    // The fixed header at its longest.
    private const int FirstBytes = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public ConnectionDelegate Wrap(ConnectionDelegate next) => async connection =>
    {
        using var newcomer = newcomers.Admit(connection);
        if (newcomer is null)
        {
            log.LogDebug("MQTT: {Remote} is closed: too many connections wait for their first packet", connection.RemoteEndPoint);
            return;
        }
        var reader = new Reader(connection.Transport.Input, options.Value.PacketBytesMax, newcomer, TooLarge);
        connection.Transport = new Duplex(reader, connection.Transport.Output);
        await next(connection);

        async Task TooLarge(long bytes, int bytesMax, byte[] first)
        {
            var gateway = await EndAsync(connection);
            if (refused.Refuse(RejectionReason.PayloadTooLarge, gateway, connection.RemoteEndPoint, $": a packet of {bytes} bytes was announced, at most {bytesMax} are taken", first, bytes) is { } kept)
                await kept;
        }
    };

    private async Task<string> EndAsync(ConnectionContext connection)
    {
        try
        {
            return await broker.EndTooLargeAsync(connection.RemoteEndPoint).WaitAsync(Patience, time) ?? "";
        }
        catch (Exception e) when (e is TimeoutException or InvalidOperationException)
        {
            // One that does not read hears no reason.
            log.LogDebug(e, "MQTT: {Remote} could not be told why it is disconnected", connection.RemoteEndPoint);
            return "";
        }
    }

    /// <summary>
    /// Length of the packet that begins with these bytes, header included (MQTT 5, 1.5.5 and 2.1.4); null while the length is not all there.
    /// Five bytes that tell none are malformed.
    /// </summary>
    internal static long? PacketBytes(ReadOnlySpan<byte> start)
    {
        // 30 80 80 10 …: PUBLISH, remaining length 0x40000 = 262,144 >> 262,148
        long remaining = 0;
        for (var i = 1; i < start.Length && i <= 4; i++)
        {
            remaining |= (long)(start[i] & 0x7F) << (7 * (i - 1));
            if ((start[i] & 0x80) == 0) return 1 + i + remaining;
        }
        return null;
    }

    private sealed record Duplex(PipeReader Input, PipeWriter Output) : IDuplexPipe;

    // The broker consumes whole packets, so what is unread always begins with a packet's header.
    internal sealed class Reader(PipeReader inner, int packetBytesMax, IDisposable newcomer, Func<long, int, byte[], Task> tooLarge) : PipeReader
    {
        private int _bytesMax = Math.Min(packetBytesMax, Newcomers.FirstPacketBytesMax);
        private SequencePosition _start;
        private bool _isKnown;

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            if (!_isKnown && !consumed.Equals(_start))
            {
                _isKnown = true;
                _bytesMax = packetBytesMax;
                newcomer.Dispose();
            }
            inner.AdvanceTo(consumed, examined);
        }

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var result = await inner.ReadAsync(cancellationToken);
            _start = result.Buffer.Start;
            var announced = Announced(result);
            // MQTTnet waits for the rest of a packet that nobody sends any more by reading again and again, a processor a connection.
            if (result.IsCompleted && IsCutOff(result, announced))
            {
                inner.AdvanceTo(result.Buffer.End);
                throw new ConnectionResetException("The connection was closed within a packet.");
            }
            if (IsMalformed(result, announced))
            {
                inner.AdvanceTo(result.Buffer.End);
                throw new ConnectionAbortedException("The remaining length of a packet is malformed: its fourth byte has a continuation bit (MQTT 5, 1.5.5).");
            }
            if (announced is not { } bytes || bytes <= _bytesMax) return result;
            await tooLarge(bytes, _bytesMax, result.Buffer.Slice(0, Math.Min(FirstBytes, result.Buffer.Length)).ToArray());
            inner.AdvanceTo(result.Buffer.End);
            throw new ConnectionAbortedException($"A packet of {bytes} bytes was announced, {_bytesMax} are allowed.");
        }

        public override bool TryRead(out ReadResult result)
        {
            if (!inner.TryRead(out result)) return false;
            _start = result.Buffer.Start;
            var announced = Announced(result);
            if ((announced is not { } bytes || bytes <= _bytesMax) && !(result.IsCompleted && IsCutOff(result, announced)) && !IsMalformed(result, announced)) return true;
            // Whoever waits for it learns of it.
            inner.AdvanceTo(result.Buffer.Start);
            return false;
        }

        private static bool IsMalformed(in ReadResult result, long? announced) => announced is null && result.Buffer.Length >= FirstBytes;

        private static bool IsCutOff(in ReadResult result, long? announced) =>
            !result.Buffer.IsEmpty && (announced is { } bytes ? result.Buffer.Length < bytes : result.Buffer.Length < FirstBytes);

        private static long? Announced(in ReadResult result)
        {
            Span<byte> start = stackalloc byte[FirstBytes];
            var head = result.Buffer.Slice(0, Math.Min(start.Length, result.Buffer.Length));
            var at = 0;
            foreach (var part in head)
            {
                part.Span.CopyTo(start[at..]);
                at += part.Length;
            }
            return PacketBytes(start[..at]);
        }
    }
}
