using System.Buffers;
using System.IO.Pipelines;
using LuohuIOC.DeviceProtocol;
using LuohuIOC.Ingestion.Rejections;
using Microsoft.AspNetCore.Connections;
using Microsoft.Extensions.Options;

namespace LuohuIOC.Ingestion.Broker;

/// <summary>
/// Ends a connection that announces a packet larger than <see cref="MqttOptions.PacketBytesMax"/>, before its bytes are gathered:
/// otherwise anyone who can reach the port could make the broker hold 256 MiB a connection without showing a secret.
/// </summary>
internal sealed class PacketLimit(IOptions<MqttOptions> options, BrokerEvents broker, RejectionStore rejections, TimeProvider time, ILogger<PacketLimit> log)
{
    // The fixed header at its longest.
    private const int FirstBytes = 5;

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    public ConnectionDelegate Wrap(ConnectionDelegate next) => connection =>
    {
        connection.Transport = new Duplex(new Reader(connection.Transport.Input, options.Value.PacketBytesMax, TooLarge), connection.Transport.Output);
        return next(connection);

        async Task TooLarge(long bytes, byte[] first)
        {
            var gateway = await EndAsync(connection);
            log.LogWarning("MQTT: {Remote} announced a packet of {Bytes} bytes, more than Mqtt:PacketBytesMax = {Max}; disconnected",
                connection.RemoteEndPoint, bytes, options.Value.PacketBytesMax);
            await rejections.Add(new Rejection(
                time.GetUtcNow().ToUnixTimeMilliseconds(), gateway, "", RejectionReason.PayloadTooLarge, "", -1, "", (int)Math.Min(bytes, int.MaxValue), first));
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
    /// A fifth length byte is malformed and left to the broker.
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
    private sealed class Reader(PipeReader inner, int bytesMax, Func<long, byte[], Task> tooLarge) : PipeReader
    {
        public override void AdvanceTo(SequencePosition consumed) => inner.AdvanceTo(consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined) => inner.AdvanceTo(consumed, examined);

        public override void CancelPendingRead() => inner.CancelPendingRead();

        public override void Complete(Exception? exception = null) => inner.Complete(exception);

        public override async ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default)
        {
            var result = await inner.ReadAsync(cancellationToken);
            if (Announced(result) is not { } bytes || bytes <= bytesMax) return result;
            await tooLarge(bytes, result.Buffer.Slice(0, Math.Min(FirstBytes, result.Buffer.Length)).ToArray());
            inner.AdvanceTo(result.Buffer.End);
            throw new ConnectionAbortedException($"A packet of {bytes} bytes was announced, {bytesMax} are allowed.");
        }

        public override bool TryRead(out ReadResult result)
        {
            if (!inner.TryRead(out result)) return false;
            if (Announced(result) is not { } bytes || bytes <= bytesMax) return true;
            // Whoever waits for it learns of it.
            inner.AdvanceTo(result.Buffer.Start);
            return false;
        }

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
