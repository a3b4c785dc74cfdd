; RAMPART: a wall of 108 bricks, a bat, five balls. For the Atari 2600 with paddles.
; Written for Tessera. MIT licence, see ../LICENSE. Build: deno task roms --build
;
; Turn paddle 0 to move the bat (LEFT, RIGHT in ALE's words); its button serves. The console's RESET begins a game.
; Where the ball meets the bat decides its angle; it gets faster after 4 and 12 hits and when it reaches the upper two rows. A brick
; scores 1 in the lowest row and 6 in the uppermost. When the wall has fallen, the next touch of the bat raises a new one.
;
; RAM that a program may read ($80 is RAM byte 0)
;   $80  game over: bit 7 set when no game runs (at power-up and after the last ball), else 0
;   $81  score, thousands and hundreds, BCD
;   $82  score, tens and ones, BCD
;   $83  balls left with the present one, 5 to 0
;   $84  frames since power-up, modulo 256
;   $85  bat: left edge on the screen, 8 to 136; it is 16 wide, on screen rows 183-186
;   $86  ball: left edge on the screen, 8 to 150; it is 2 wide and 4 high
;   $87  ball: top edge, screen row less 23; 180 when no ball is in play
;   $88  a ball is in play: 1, waiting for FIRE: 0
;   $89  bit 7: the ball moves left            $8A  bit 7: the ball moves up
;   $8B  horizontal speed, 0 to 4              $8C  vertical speed, 0 to 3
;   $8D  bricks left, 108 to 0
;   $90-$B3  the wall: six rows from the top, each the six playfield registers that draw it
    processor 6502
    include "vcs.inc"
    include "frame.inc"
    include "score.inc"
    include "field.inc"

; Lines, counted from the top of the field. The field's line 0 is line 20 of the picture, screen row 23 in ALE.
FIELD_TOP   = 20
FIELD_LINES = PICTURE_LINES - FIELD_TOP
CEILING     = 8     ; the upper wall's height
WALL_TOP    = 28
ROW_LINES   = 8     ; 1 of mortar, 7 of brick
ROWS        = 6
WALL_END    = WALL_TOP + ROWS * ROW_LINES
BAT_Y       = 160
BAT_LINES   = 4
LOST_Y      = 168   ; a ball with its top here is lost
LEFT_EDGE   = 8
RIGHT_EDGE  = 152
BAT_WIDTH   = 16
BALL_WIDTH  = 2
BALL_LINES  = 4
NO_BALL     = 180   ; a ball's top that is below the picture
BRICKS      = 108
BALLS       = 5
SERVE_Y     = 84

STONE       = $08
BAT_COLOUR  = $1C
BALL_COLOUR = $0E

    SEG.U RAM
    ORG $80
gameOver    ds 1
scoreHigh   ds 1
scoreLow    ds 1
lives       ds 1
frame       ds 1
batX        ds 1
ballX       ds 1
ballY       ds 1
inPlay      ds 1
goesLeft    ds 1
goesUp      ds 1
speedX      ds 1
speedY      ds 1
bricksLeft  ds 1
hits        ds 1    ; bat hits with this ball
potY        ds 1    ; last line, counted from below, on which the paddle was not yet charged
wall        ds 36
fractionX   ds 1
fractionY   ds 1
oldX        ds 1
oldY        ds 1
testX       ds 1
testY       ds 1
soundTime   ds 1
ballPattern ds 2
digits      ds 12
row         ds 1
spare       ds 1

    SEG ROM
    ORG $F000
Start SUBROUTINE
    START
    INIT_DIGITS
    lda #$80
    sta gameOver
    lda #NO_BALL
    sta ballY
    lda #80
    sta ballX
    jsr RaiseWall

Frame
    BEGIN_FRAME
    inc frame
    jsr MoveBat
    lda SWCHB
    lsr
    bcs .noReset
    jsr NewGame
    jmp .placed
.noReset
    bit gameOver
    bmi .placed
    lda inPlay
    bne .moves
    jsr MayServe
    jmp .placed
.moves
    jsr MoveX
    jsr MoveY
.placed
    PATTERN ballPattern, BallTable, ballY
    PLACE_DIGITS
    lda #LEFT_EDGE-8+1
    ldx #2
    jsr Place
    lda #RIGHT_EDGE+1
    ldx #3
    jsr Place
    lda ballX
    clc
    adc #1
    ldx #4
    jsr Place
    sta WSYNC
    sta HMOVE
    lda #BAT_COLOUR
    sta COLUP0
    sta COLUP1
    lda #FIELD_LINES
    sta potY
    BEGIN_PICTURE
    SHOW_DIGITS             ; lines 0-15
    sta HMCLR
    lda batX
    sec
    sbc #1                  ; players of double width stand one pixel further right
    ldx #1
    jsr Place               ; line 17
    sta WSYNC
    sta HMOVE               ; line 18
    lda #WIDE8
    sta NUSIZ0
    lda #WIDE8 | DOUBLE
    sta NUSIZ1
    lda #WIDE2
    sta CTRLPF
    lda #STONE
    sta COLUP0
    sta COLUP1
    sta COLUPF
    ldy #FIELD_LINES
    sta WSYNC               ; line 19
    jmp Field

; BRICK_ROW n, colour: a line of mortar, then the row's bricks. The playfield's right half is rewritten behind the beam.
    MAC BRICK_ROW
    LINE
    PLAYFIELD 0
    lda #{2}
    sta COLUPF
    POLL_PADDLE
    dey
.line
    LINE                    ; 3
    lda wall+6*{1}
    sta PF0                 ; 9
    lda wall+6*{1}+1
    sta PF1                 ; 15
    lda wall+6*{1}+2
    sta PF2                 ; 21
    POLL_PADDLE             ; 27 or 29
    dey
    lda wall+6*{1}+3
    sta PF0                 ; 35 or 37: after 28
    lda wall+6*{1}+4
    sta PF1                 ; 41 or 43: after 39
    lda wall+6*{1}+5
    nop
    nop
    sta PF2                 ; 51 or 53: after 49, before 65
    cpy #FIELD_LINES-WALL_TOP-[{1}+1]*ROW_LINES
    bne .line
    ENDM

    ALIGN 256
Field SUBROUTINE
    LINE                    ; line 0: ceiling and walls
    PLAYFIELD $FF
    lda #2
    sta ENAM0
    sta ENAM1
    POLL_PADDLE
    dey
    OPEN_LINES CEILING
    LINE
    PLAYFIELD 0
    lda #BALL_COLOUR
    sta COLUPF
    POLL_PADDLE
    dey
    OPEN_LINES WALL_TOP
    BRICK_ROW 0, $46
    BRICK_ROW 1, $36
    BRICK_ROW 2, $28
    BRICK_ROW 3, $1A
    BRICK_ROW 4, $C8
    BRICK_ROW 5, $86
    LINE
    PLAYFIELD 0
    lda #BALL_COLOUR
    sta COLUPF
    POLL_PADDLE
    dey
    OPEN_LINES BAT_Y
    LINE
    lda #0                  ; the walls end above the bat
    sta ENAM0
    sta ENAM1
    lda #$FF
    sta GRP1
    lda #BAT_COLOUR
    sta COLUP1
    POLL_PADDLE
    dey
    OPEN_LINES BAT_Y+BAT_LINES
    LINE
    lda #0
    sta GRP1
    POLL_PADDLE
    dey
    OPEN_LINES FIELD_LINES

    BEGIN_OVERSCAN
    lda #0
    sta ENABL
    PLAY_SOUND
    lda lives
    DIGIT 0
    lda #BLANK_DIGIT
    DIGIT 1
    DIGITS_OF 2, scoreHigh
    DIGITS_OF 4, scoreLow
    END_OVERSCAN
    jmp Frame

; ---- The game ----

NewGame SUBROUTINE
    lda #0
    sta gameOver
    sta scoreHigh
    sta scoreLow
    lda #BALLS
    sta lives
    jsr NoBall
    ; falls through: a whole wall

RaiseWall SUBROUTINE
    ldx #35
.byte
    lda WholeWall,x
    sta wall,x
    dex
    bpl .byte
    lda #BRICKS
    sta bricksLeft
    rts

NoBall SUBROUTINE
    lda #0
    sta inPlay
    lda #NO_BALL
    sta ballY
    rts

; The capacitor's line is the bat's place: lines 38 to 166 of the picture are 136 to 8 pixels.
MoveBat SUBROUTINE
    lda potY
    sec
    sbc #18
    bcc .least
    cmp #LEFT_EDGE
    bcs .enough
.least
    lda #LEFT_EDGE
.enough
    cmp #RIGHT_EDGE-BAT_WIDTH
    bcc .ok
    lda #RIGHT_EDGE-BAT_WIDTH
.ok
    sta batX
    rts

; FIRE serves. The frame decides where the ball comes from.
MayServe SUBROUTINE
    bit SWCHA
    bmi .done
    lda frame
    and #7
    tax
    lda ServeX,x
    sta ballX
    lda frame
    asl
    asl
    asl
    asl
    and #$80
    sta goesLeft
    lda #SERVE_Y
    sta ballY
    lda #0
    sta fractionX
    sta fractionY
    sta goesUp
    sta speedY
    sta hits
    lda #2
    sta speedX
    lda #1
    sta inPlay
.done
    rts

MoveX SUBROUTINE
    lda ballX
    sta oldX
    ldx speedX
    bit goesLeft
    bmi .left
    clc
    lda fractionX
    adc SpeedXLow,x
    sta fractionX
    lda ballX
    adc SpeedXHigh,x
    sta ballX
    cmp #RIGHT_EDGE-BALL_WIDTH+1
    bcc .inside
    lda #RIGHT_EDGE-BALL_WIDTH
    bne .side
.left
    sec
    lda fractionX
    sbc SpeedXLow,x
    sta fractionX
    lda ballX
    sbc SpeedXHigh,x
    sta ballX
    cmp #LEFT_EDGE
    bcs .inside
    lda #LEFT_EDGE
.side
    sta ballX
    SOUND 4, 20, 3
    jmp TurnX
.inside
    lda ballY               ; the leading edge, half way down
    clc
    adc #BALL_LINES/2
    sta testY
    lda ballX
    bit goesLeft
    bmi .edge
    clc
    adc #BALL_WIDTH-1
.edge
    sta testX
    jsr HitBrick
    bcc .done
    lda oldX
    sta ballX
    jmp TurnX
.done
    rts

TurnX SUBROUTINE
    lda goesLeft
    eor #$80
    sta goesLeft
    rts

MoveY SUBROUTINE
    lda ballY
    sta oldY
    ldx speedY
    bit goesUp
    bmi .up
    clc
    lda fractionY
    adc SpeedYLow,x
    sta fractionY
    lda ballY
    adc SpeedYHigh,x
    sta ballY
    cmp #LOST_Y
    bcs LoseBall
    jsr MeetBat
    lda ballY
    clc
    adc #BALL_LINES-1
    bne .test
.up
    sec
    lda fractionY
    sbc SpeedYLow,x
    sta fractionY
    lda ballY
    sbc SpeedYHigh,x
    sta ballY
    cmp #CEILING
    bcs .test
    lda #CEILING
    sta ballY
    SOUND 4, 20, 3
    jmp TurnY
.test
    sta testY
    lda ballX
    sta testX
    jsr HitBrick
    bcc .done
    lda oldY
    sta ballY
TurnY
    lda goesUp
    eor #$80
    sta goesUp
.done
    rts

LoseBall SUBROUTINE
    jsr NoBall
    SOUND 8, 24, 30
    dec lives
    bne .done
    lda #$80
    sta gameOver
.done
    rts

; A falling ball that overlaps the bat goes up; the place of contact is its angle.
MeetBat SUBROUTINE
    lda ballY
    cmp #BAT_Y-BALL_LINES+1
    bcc .done
    cmp #BAT_Y+BAT_LINES
    bcs .done
    lda ballX
    clc
    adc #BALL_WIDTH-1
    sec
    sbc batX                ; 0 to 16 when they overlap
    bcc .done
    cmp #BAT_WIDTH+BALL_WIDTH-1
    bcs .done
    tax
    lda Angles,x
    and #$80
    sta goesLeft
    lda Angles,x
    and #7
    sta speedX
    lda #$80
    sta goesUp
    lda #BAT_Y-BALL_LINES
    sta ballY
    SOUND 4, 12, 4
    inc hits
    ldx #1
    lda hits
    cmp #4
    beq .faster
    inx
    cmp #12
    bne .wall
.faster
    jsr AtLeast
.wall
    lda bricksLeft
    bne .done
    jmp RaiseWall
.done
    rts

; Vertical speed at least X.
AtLeast SUBROUTINE
    cpx speedY
    bcc .done
    stx speedY
.done
    rts

; Takes the brick at (testX, testY) if one stands there: carry set.
HitBrick SUBROUTINE
    lda testY
    sec
    sbc #WALL_TOP
    bcc .none
    cmp #ROWS*ROW_LINES
    bcs .none
    lsr
    lsr
    lsr
    sta row
    tay
    lda testX
    sec
    sbc #LEFT_EDGE
    lsr
    lsr
    lsr
    tax
    lda RowAt,y
    clc
    adc ColumnByte,x
    tay
    lda wall,y
    and ColumnBits,x
    beq .none
    eor wall,y
    sta wall,y
    dec bricksLeft
    ldx row
    cpx #2
    bcs .low
    ldx #3
    jsr AtLeast
    ldx row
.low
    sed
    clc
    lda scoreLow
    adc Points,x
    sta scoreLow
    lda scoreHigh
    adc #0
    sta scoreHigh
    cld
    lda Pitch,x
    sta AUDF0
    lda #4
    sta AUDC0
    lda #6
    sta soundTime
    sec
    rts
.none
    clc
    rts

; ---- Tables ----

SpeedXLow   dc.b $40, $80, $00, $80, $00    ; 0.25, 0.5, 1, 1.5, 2 pixels a frame
SpeedXHigh  dc.b $00, $00, $01, $01, $02
SpeedYLow   dc.b $80, $C0, $40, $C0         ; 1.5, 1.75, 2.25, 2.75 lines a frame
SpeedYHigh  dc.b $01, $01, $02, $02
ServeX      dc.b 40, 112, 64, 88, 52, 124, 76, 100
; Left edge to right edge of the bat; bit 7: to the left.
Angles      dc.b $84, $84, $83, $83, $82, $82, $81, $81, $00, $01, $01, $02, $02, $03, $03, $04, $04
Points      dc.b 6, 5, 4, 3, 2, 1
Pitch       dc.b 5, 6, 7, 8, 9, 10
RowAt       dc.b 0, 6, 12, 18, 24, 30
; A brick is two playfield bits. Column 0 stands right of the left wall.
ColumnByte  dc.b 0, 1, 1, 1, 1, 2, 2, 2, 2, 3, 3, 4, 4, 4, 4, 5, 5, 5
ColumnBits  dc.b $C0, $C0, $30, $0C, $03, $03, $0C, $30, $C0, $30, $C0, $C0, $30, $0C, $03, $03, $0C, $30
WholeWall
    REPEAT ROWS
      dc.b $C0, $FF, $FF, $F0, $FF, $3F
    REPEND

    PLACE_CODE
    SCORE_CODE
    FONT

; The ball's bits for field lines from below, read at Y + ballY.
    ALIGN 256
BallTable
    ds FIELD_LINES-BALL_LINES+1, 0
    ds BALL_LINES, 2
    ds NO_BALL, 0

    ORG $FFFC
    dc.w Start
    dc.w Start
